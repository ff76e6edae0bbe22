-- title: Organizations whose other orders are most likely not exported
-- grain: organization_id
-- inputs: int_placed_referrals, config_aligned, config_excluded, config_service_types, reference_quarters
-- definition: Aligned organizations with 30 or more counted referrals in the last four quarters and
--   not one directed outside. An export of our own record system holds only what such an affiliate
--   sends to us; counting the rest as kept would be a lie.
-- checks: n >= 30
select
  p.referring_organization_id as organization_id,
  count(*) as n
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
inner join config_aligned as a on a.affiliation = p.referring_affiliation
inner join config_service_types as t on t.service_type = p.service_type
left join config_excluded as x on x.organization_id = p.referring_organization_id
where p.counts and p.referring_organization_id is not null and x.organization_id is null
group by p.referring_organization_id
having count(*) >= 30 and sum(case when p.destination_side = 'outside' then 1 else 0 end) = 0
