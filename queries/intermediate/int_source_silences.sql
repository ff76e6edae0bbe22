-- title: Which sources had fallen silent at each quarter's end
-- grain: source, quarter
-- inputs: stg_referrals, int_source_completeness, reference_quarters
-- definition: A referral day is a day on which the source placed at least one referral, and a gap is
--   the days from one to the next. For each of the last eight quarters last_on is the last referral
--   day up to its end; longest_gap_days is the longest of the gaps that ended in the 400 days up to
--   last_on, so that the holidays of a year ago are among them. silence_days runs from last_on to
--   the quarter's end, but not beyond the day to which any source reaches (the latest day of the
--   newest export of all), less the source's own entry lag. A source is silent where its silence is
--   longer than longest_gap_days and either 39 gaps or more stand behind that, so that a source
--   that goes on as before passes them all at most once in forty times, or the whole quarter is
--   empty. Before a source's first referral day it is not silent.
-- checks: not silent or silence_days > 0; longest_gap_days > 0 or longest_gap_days is null
with referral_days as (
  select distinct source, referred_on from stg_referrals
),
gaps as (
  select
    source,
    referred_on as ended_on,
    cast(referred_on as int)
      - cast(lag(referred_on) over (partition by source order by referred_on) as int) as gap_days
  from referral_days
),
sources as (
  select distinct source from stg_referrals
),
-- No source is asked to be complete beyond the day to which the newest export of all reaches.
reach as (
  select max(cast(last_complete_on as int) + entry_lag_p95_days) as reaches_to from int_source_completeness
),
last_days as (
  select
    s.source,
    q.quarter,
    q.first_on,
    max(d.referred_on) as last_on,
    min(least(
      cast(q.last_on as bigint),
      coalesce(w.reaches_to, cast(q.last_on as bigint)) - coalesce(c.entry_lag_p95_days, 0)
    )) as seen_to
  from sources as s
  inner join reference_quarters as q on q.age < 8
  cross join reach as w
  left join int_source_completeness as c on c.source = s.source
  left join referral_days as d on d.source = s.source and d.referred_on <= q.last_on
  group by s.source, q.quarter, q.first_on
),
ordinary_gaps as (
  select l.source, l.quarter, count(g.gap_days) as gaps, max(g.gap_days) as longest_gap_days
  from last_days as l
  inner join gaps as g
    on g.source = l.source
    and g.ended_on <= l.last_on
    and cast(g.ended_on as int) > cast(l.last_on as int) - 400
  group by l.source, l.quarter
),
silences as (
  select
    l.source,
    l.quarter,
    l.first_on,
    l.last_on,
    o.gaps,
    o.longest_gap_days,
    greatest(l.seen_to - cast(l.last_on as bigint), 0) as silence_days
  from last_days as l
  left join ordinary_gaps as o on o.source = l.source and o.quarter = l.quarter
)
select
  source,
  quarter,
  last_on,
  cast(longest_gap_days as bigint) as longest_gap_days,
  case when last_on is not null then silence_days end as silence_days,
  coalesce(
    silence_days > coalesce(longest_gap_days, 0) and (gaps >= 39 or last_on < first_on),
    false
  ) as silent
from silences
