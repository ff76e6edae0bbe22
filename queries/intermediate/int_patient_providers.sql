-- title: Which providers each patient came to or through
-- grain: patient, npi
-- inputs: int_placed_referrals, reference_quarters
-- definition: Both ends, where they are resolved, of the counted referrals of the last four quarters
--   whose patient is known, each once. A patient is a number from 1 that means nothing beyond the run.
-- checks: patient > 0
with ends as (
  select p.patient_id, p.referring_npi as npi
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
  where p.counts and p.patient_id is not null and p.referring_npi is not null
  union
  select p.patient_id, p.referred_to_npi as npi
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
  where p.counts and p.patient_id is not null and p.referred_to_npi is not null
)
select cast(dense_rank() over (order by patient_id) as bigint) as patient, npi
from ends
