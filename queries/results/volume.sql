-- title: Volume by quarter
-- grain: quarter
-- inputs: reference_quarters, int_inbound_cells, int_leakage_cells
-- definition: Counted inbound referrals of the last twelve quarters, external where the referrer
--   was not own on the day, and aligned referrers' referrals with those kept inside.
-- checks: kept <= aligned
with inbound_quarters as (
  select
    quarter,
    sum(case when referring_affiliation <> 'own' then n else 0 end) as inbound_external,
    sum(case when referring_affiliation = 'own' then n else 0 end) as inbound_internal
  from int_inbound_cells
  group by quarter
),
aligned_quarters as (
  select quarter, sum(referrals) as aligned, sum(own) + sum(affiliated) as kept
  from int_leakage_cells
  group by quarter
)
select
  q.quarter,
  q.working_days,
  coalesce(i.inbound_external, 0) as inbound_external,
  coalesce(i.inbound_internal, 0) as inbound_internal,
  coalesce(a.aligned, 0) as aligned,
  coalesce(a.kept, 0) as kept
from reference_quarters as q
left join inbound_quarters as i on i.quarter = q.quarter
left join aligned_quarters as a on a.quarter = q.quarter
order by q.quarter
