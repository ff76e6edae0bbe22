-- title: Waits of each site's referrals, counted by days and outcome
-- grain: practice_id, specialty, quarter, wait_days, outcome
-- inputs: int_inside_referrals, reference_quarters
-- definition: For each of the last eight quarters, the referrals placed in the 180 days up to its
--   end as they stood then, so that quarters compare at equal maturity: seen or left after so many
--   days, or waiting still, censored at the quarter's end or at expiry. Closed without a day it
--   never waited and is not here.
-- checks: wait_days between 0 and 180; outcome in ('seen', 'left', 'waiting')
with stood as (
  select
    r.practice_id,
    r.specialty,
    q.quarter,
    r.referred_on,
    case
      when r.closed_on <= q.last_on then r.outcome
      when q.age = 0 and r.outcome = 'left' then 'left'
      else 'waiting'
    end as outcome,
    case
      when r.closed_on <= q.last_on then r.closed_on
      else least(q.last_on, coalesce(r.expires_on, q.last_on))
    end as until_on
  from int_inside_referrals as r
  inner join reference_quarters as q
    on r.referred_on <= q.last_on and cast(r.referred_on as int) > cast(q.last_on as int) - 180 and q.age < 8
  where not (r.outcome <> 'open' and r.closed_on is null)
)
select
  practice_id,
  specialty,
  quarter,
  cast(greatest(cast(until_on as int) - cast(referred_on as int), 0) as bigint) as wait_days,
  outcome,
  count(*) as n
from stood
group by 1, 2, 3, 4, 5
