-- title: The prospect's partners by referrals or patients, in either direction
-- key: npi
-- adds: partners
-- inputs: int_prospect_ties, int_prospect_providers
with both_ways as (
  select npi_to as partner_npi, referrals_now, patients_now from int_prospect_ties where npi_from = $npi
  union all
  select npi_from as partner_npi, referrals_now, patients_now from int_prospect_ties where npi_to = $npi
),
ties as (
  select partner_npi, sum(referrals_now) as referrals, max(patients_now) as patients
  from both_ways
  group by partner_npi
)
select
  t.partner_npi,
  p.name as partner_name,
  p.specialty as partner_specialty,
  p.practice_name as partner_practice_name,
  t.referrals,
  t.patients,
  1 as partners
from ties as t
left join int_prospect_providers as p on p.npi = t.partner_npi and p.as_of = 'now'
where t.referrals + t.patients > 0
order by t.partner_npi
