-- title: The prospect's ties by referrals or patients
-- key: npi
-- adds: partners
-- inputs: int_prospect_ties, int_prospect_providers
select
  t.npi_low,
  t.npi_high,
  p.name as partner_name,
  p.specialty as partner_specialty,
  t.referrals_now as referrals,
  t.patients_now as patients,
  1 as partners
from int_prospect_ties as t
left join int_prospect_providers as p
  on p.npi = case when t.npi_low = $npi then t.npi_high else t.npi_low end and p.as_of = 'now'
where (t.npi_low = $npi or t.npi_high = $npi) and t.referrals_now + t.patients_now > 0
order by t.npi_low, t.npi_high
