-- title: What makes the network: referrals or, where none is known, shared patients
-- grain: npi_from, npi_to
-- inputs: int_placed_referrals, reference_quarters, int_referral_span, int_shared_ties
-- definition: Counted referrals of the last four quarters between two resolved NPIs, nobody to
--   himself; patients where they are given. Where no referral at all is known at the quarter's
--   end, the pairs of the shared-patient files: their referrals and days are empty, since such
--   files have neither. A tie weighs its referrals, or else its patients.
-- checks: npi_from <> npi_to; weight > 0; weight = coalesce(referrals, patients)
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
  cast(sum(referrals) as bigint) as referrals,
  count(patient_id) as patients,
  min(first_on) as first_on,
  max(last_on) as last_on,
  cast(sum(referrals) as bigint) as weight
from patient_ties
group by npi_from, npi_to
union all
select
  t.npi_from,
  t.npi_to,
  cast(null as bigint) as referrals,
  t.patients,
  cast(null as date) as first_on,
  cast(null as date) as last_on,
  t.patients as weight
from int_shared_ties as t
cross join int_referral_span as s
where s.referrals = 0
