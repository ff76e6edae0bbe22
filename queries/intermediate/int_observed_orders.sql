-- title: What aligned referrers sent along the ties of the network, to us and elsewhere
-- grain: referring_npi
-- inputs: int_placed_referrals, int_unobserved_organizations, config_aligned, config_excluded, reference_quarters
-- definition: Of the referrals behind network_ties those by referrers who were aligned on the day and whose
--   organization is neither excluded nor unobserved, so that all of their orders are seen; to_us where
--   the destination was inside, to_others where it was outside. Unknown destinations are left out.
-- checks: to_us + to_others > 0
select
  p.referring_npi,
  sum(case when p.destination_side = 'inside' then 1 else 0 end) as to_us,
  sum(case when p.destination_side = 'outside' then 1 else 0 end) as to_others
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
inner join config_aligned as a on a.affiliation = p.referring_affiliation
left join config_excluded as x on x.organization_id = p.referring_organization_id
left join int_unobserved_organizations as u on u.organization_id = p.referring_organization_id
where
  p.counts
  and p.referring_npi is not null
  and p.referred_to_npi is not null
  and p.referring_npi <> p.referred_to_npi
  and p.destination_side <> 'unknown'
  and x.organization_id is null
  and u.organization_id is null
group by p.referring_npi
order by p.referring_npi
