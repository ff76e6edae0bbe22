-- title: Up to which day each source is complete
-- grain: source
-- inputs: lake_referrals
-- definition: Entry lag of a referral: the latest day of the newest export of its source that is
--   older than the first one holding it, less referred_on, never below 0; 0 where it stands in the
--   source's first export. The 95th percentile is the least lag that 95 % of referrals do not
--   exceed. A source is complete up to the latest day of its newest export, at most the quarter's
--   end, less that lag.
-- checks: last_complete_on <= $as_of_on; entry_lag_p95_days >= 0
with exports as (
  select distinct source, file_latest_on from lake_referrals where file_latest_on is not null
),
ordered_exports as (
  select
    source,
    file_latest_on,
    lag(file_latest_on) over (partition by source order by file_latest_on) as previous_on
  from exports
),
first_seen as (
  select source, referral_id, min(referred_on) as referred_on, min(file_latest_on) as first_seen_on
  from lake_referrals
  where file_latest_on is not null and referred_on <= $as_of_on
  group by source, referral_id
),
lags as (
  select
    f.source,
    greatest(coalesce(cast(e.previous_on as int) - cast(f.referred_on as int), 0), 0) as lag_days,
    count(*) as n
  from first_seen as f
  inner join ordered_exports as e on e.source = f.source and e.file_latest_on = f.first_seen_on
  group by 1, 2
),
running as (
  select
    source,
    lag_days,
    sum(n) over (partition by source order by lag_days) as n_up_to,
    sum(n) over (partition by source) as n_all
  from lags
),
p95 as (
  select source, min(lag_days) as entry_lag_p95_days
  from running
  where n_up_to * 20 >= n_all * 19
  group by source
),
newest as (
  select source, least(max(file_latest_on), $as_of_on) as newest_on from exports group by source
)
select
  n.source,
  cast(p.entry_lag_p95_days as bigint) as entry_lag_p95_days,
  cast(cast(n.newest_on as int) - cast(p.entry_lag_p95_days as int) as date) as last_complete_on
from newest as n
inner join p95 as p on p.source = n.source
