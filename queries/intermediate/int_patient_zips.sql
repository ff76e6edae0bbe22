-- title: Where our patients live
-- grain: zip
-- inputs: int_placed_referrals, reference_quarters
-- definition: Patients of counted referrals that were directed inside in the last four quarters, each
--   at the ZIP code of the latest of them that has one. A referral without a patient is one of its own.
-- checks: patients > 0
with ours as (
  select
    p.patient_zip as zip,
    row_number() over (
      partition by coalesce(p.patient_id, concat(p.source, ' ', p.referral_id))
      order by p.referred_on desc, p.source, p.referral_id
    ) as choice
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
  where p.counts and p.destination_side = 'inside' and p.patient_zip is not null
)
select zip, count(*) as patients
from ours
where choice = 1
group by zip
