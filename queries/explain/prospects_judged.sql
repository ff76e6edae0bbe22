-- title: The ties that were known two quarters before
-- key: method
-- adds: ties_train
-- inputs: int_prospect_ties
select
  npi_from,
  npi_to,
  referrals_before as referrals,
  patients_before as patients,
  $method as method,
  1 as ties_train
from int_prospect_ties
where referrals_before + patients_before > 0
order by npi_from, npi_to
