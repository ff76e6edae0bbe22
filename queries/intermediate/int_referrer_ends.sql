-- title: Each referrer's last referral to us, and what the roster says of them
-- grain: referring_npi
-- inputs: int_referrers, int_referrer_days, int_provider_spells, int_provider_specialties
-- definition: last_on is the last referral day, practice_id the practice of that day's referrals (the
--   lowest of several), seen_to the day up to which the source of the last referral is complete. The
--   year before the silence runs from year_from to last_on. The silence is held against as long a
--   span before it, at most 365 days, which begins on span_from and ends on last_on. roster_ends_on
--   is the last day of the last place of work in a roster (2999-12-31 where it is open), empty for
--   who is in a register alone or in neither.
-- checks: first_on <= last_on; last_on <= seen_to; year_from <= last_on; span_from <= cast(last_on + interval '1 day' as date); deactivated_on <= $as_of_on or deactivated_on is null
with days as (
  select referring_npi, min(referred_on) as first_on, max(referred_on) as last_on
  from int_referrer_days
  group by referring_npi
),
last_practices as (
  select p.referring_npi, min(p.practice_id) as practice_id
  from int_referrer_days as p
  inner join days as d on d.referring_npi = p.referring_npi and d.last_on = p.referred_on
  group by p.referring_npi
),
roster_ends as (
  select npi, max(ends_on) as ends_on
  from int_provider_spells
  where not coalesce(is_register, false)
  group by npi
),
seen as (
  select
    r.referring_npi,
    r.referring_name,
    r.roster_specialty,
    d.first_on,
    d.last_on,
    greatest(r.last_complete_on, d.last_on) as seen_to
  from int_referrers as r
  inner join days as d on d.referring_npi = r.referring_npi
)
select
  s.referring_npi,
  s.referring_name,
  s.roster_specialty,
  coalesce(l.practice_id, 'unknown') as practice_id,
  s.first_on,
  s.last_on,
  s.seen_to,
  cast(cast(s.last_on as int) - 364 as date) as year_from,
  cast(cast(s.last_on as int) - least(cast(s.seen_to as int) - cast(s.last_on as int), 365) + 1 as date) as span_from,
  case when k.deactivated_on <= $as_of_on then k.deactivated_on end as deactivated_on,
  e.ends_on as roster_ends_on
from seen as s
left join last_practices as l on l.referring_npi = s.referring_npi
left join roster_ends as e on e.npi = s.referring_npi
left join int_provider_specialties as k on k.npi = s.referring_npi
