-- title: Leaked referrals by receiving organization and referrer
-- grain: organization_id, specialty, quarter, referring_npi
-- inputs: int_leakage_referrals, int_organization_labels
-- definition: The organization of the destination; a destination of none stands for itself.
-- checks: n > 0
select
  coalesce(r.destination_organization_id, r.destination_id) as organization_id,
  r.specialty,
  r.quarter,
  r.referring_npi,
  max(coalesce(l.organization_name, r.destination_organization_id, r.destination_name)) as organization_name,
  count(*) as n
from int_leakage_referrals as r
left join int_organization_labels as l on l.organization_id = r.destination_organization_id
where r.leakage_class = 'leaked'
group by coalesce(r.destination_organization_id, r.destination_id), r.specialty, r.quarter, r.referring_npi
