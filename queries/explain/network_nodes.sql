-- title: The provider's ties, in and out
-- key: npi
-- adds: referrals_in, referrals_out, partners_in, partners_out, patients_in, patients_out
-- inputs: network_ties
select
  npi_from,
  npi_to,
  first_on,
  last_on,
  case when npi_to = $npi then referrals when referrals is not null then 0 end as referrals_in,
  case when npi_from = $npi then referrals when referrals is not null then 0 end as referrals_out,
  case when npi_to = $npi then 1 else 0 end as partners_in,
  case when npi_from = $npi then 1 else 0 end as partners_out,
  case when npi_to = $npi then patients else 0 end as patients_in,
  case when npi_from = $npi then patients else 0 end as patients_out
from network_ties
where npi_from = $npi or npi_to = $npi
order by npi_from, npi_to
