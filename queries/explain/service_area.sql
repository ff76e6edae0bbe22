-- title: Our patients who live in the ZIP code, each with the latest referral that says so
-- key: zip
-- adds: patients
-- inputs: int_placed_referrals, reference_quarters
with ours as (
  select
    p.source,
    p.referral_id,
    p.referred_on,
    p.specialty,
    p.destination_practice_id,
    p.patient_zip,
    row_number() over (
      partition by coalesce(p.patient_id, concat(p.source, ' ', p.referral_id))
      order by p.referred_on desc, p.source, p.referral_id
    ) as choice
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
  where p.counts and p.destination_side = 'inside' and p.patient_zip is not null
)
select source, referral_id, referred_on, specialty, destination_practice_id, 1 as patients
from ours
where choice = 1 and patient_zip = $zip
order by referred_on, source, referral_id
