-- title: The ties of the network
-- grain: npi_from, npi_to
-- inputs: int_placed_referrals, reference_quarters
-- definition: Counted referrals of the last four quarters between two resolved NPIs, nobody to
--   himself; patients where they are given.
-- checks: npi_from <> npi_to; referrals > 0
with patient_ties as (
  select
    p.referring_npi as npi_from,
    p.referred_to_npi as npi_to,
    p.patient_id,
    count(*) as referrals,
    min(p.referred_on) as first_on,
    max(p.referred_on) as last_on
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
  where
    p.counts
    and p.referring_npi is not null
    and p.referred_to_npi is not null
    and p.referring_npi <> p.referred_to_npi
  group by p.referring_npi, p.referred_to_npi, p.patient_id
)
select
  npi_from,
  npi_to,
  sum(referrals) as referrals,
  count(patient_id) as patients,
  min(first_on) as first_on,
  max(last_on) as last_on
from patient_ties
group by npi_from, npi_to
order by npi_from, npi_to
