-- title: Demand, slots and backlog of our sites
-- grain: practice_id, specialty, quarter
-- inputs: int_inside_referrals, int_capacity_quarters, int_practices, int_provider_days, reference_quarters
-- definition: Of the last twelve quarters: counted referrals directed to the site, its slots, and
--   the backlog at the quarter's end: referrals of the 180 days before it that were not closed by
--   then. The finding of this name adds rates, waits and the status.
-- checks: backlog >= 0
with demand as (
  select practice_id, specialty, quarter, count(*) as referrals
  from int_inside_referrals
  group by practice_id, specialty, quarter
),
backlogs as (
  select r.practice_id, r.specialty, q.quarter, count(*) as backlog
  from int_inside_referrals as r
  inner join reference_quarters as q
    on r.referred_on <= q.last_on and cast(r.referred_on as int) > cast(q.last_on as int) - 180
  where
    r.outcome = 'open'
    or (q.age > 0 and r.closed_on > q.last_on)
  group by r.practice_id, r.specialty, q.quarter
),
grid as (
  select practice_id, specialty, quarter from demand
  union
  select practice_id, specialty, quarter from backlogs
  union
  select c.practice_id, c.specialty, c.quarter
  from int_capacity_quarters as c
  inner join (
    select distinct practice_id from int_provider_days
    where on_day = $as_of_on and affiliation in ('own', 'affiliated')
  ) as i on i.practice_id = c.practice_id
)
select
  g.practice_id,
  g.specialty,
  g.quarter,
  coalesce(p.practice_name, 'unknown') as practice_name,
  coalesce(p.county, 'unknown') as county,
  coalesce(p.territory, 'unknown') as territory,
  coalesce(d.referrals, 0) as referrals,
  c.slots,
  c.weeks,
  coalesce(b.backlog, 0) as backlog
from grid as g
inner join reference_quarters as q on q.quarter = g.quarter
left join demand as d
  on d.practice_id = g.practice_id and d.specialty = g.specialty and d.quarter = g.quarter
left join int_capacity_quarters as c
  on c.practice_id = g.practice_id and c.specialty = g.specialty and c.quarter = g.quarter
left join backlogs as b
  on b.practice_id = g.practice_id and b.specialty = g.specialty and b.quarter = g.quarter
left join int_practices as p on p.practice_id = g.practice_id
order by g.practice_id, g.specialty, g.quarter
