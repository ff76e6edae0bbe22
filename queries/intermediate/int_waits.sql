-- title: Waits of each site's referrals, counted by days and outcome
-- grain: practice_id, specialty, quarter, wait_days, outcome
-- inputs: int_inside_referrals, reference_quarters
-- definition: Each referral of the last eight quarters as it stood at the end of its own quarter,
--   so that quarters compare at equal maturity: seen or left after so many days, or waiting still,
--   censored at the quarter's end, at expiry or at 180 days. Closed without a day it never waited
--   and is not here.
-- checks: wait_days >= 0; outcome in ('seen', 'left', 'waiting')
with stood as (
  select
    r.practice_id,
    r.specialty,
    r.quarter,
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
  inner join reference_quarters as q on q.quarter = r.quarter and q.age < 8
  where not (r.outcome <> 'open' and r.closed_on is null)
)
select
  practice_id,
  specialty,
  quarter,
  cast(least(greatest(cast(until_on as int) - cast(referred_on as int), 0), 180) as bigint) as wait_days,
  case
    when cast(until_on as int) - cast(referred_on as int) > 180 then 'waiting' else outcome
  end as outcome,
  count(*) as n
from stood
group by 1, 2, 3, 4, 5
