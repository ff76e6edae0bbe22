-- title: Counted referrals of the last four quarters from the one provider to the other; a patient counts once
-- key: npi_from, npi_to
-- adds: referrals, patients
-- gives: first_on = least referred_on; last_on = greatest referred_on
-- inputs: int_placed_referrals, reference_quarters
select
  p.source,
  p.referral_id,
  p.referred_on,
  p.specialty,
  p.status,
  1 as referrals,
  case
    when p.patient_id is not null
      and row_number() over (partition by p.patient_id order by p.referred_on, p.source, p.referral_id) = 1
      then 1
    else 0
  end as patients
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
where p.counts and p.referring_npi = $npi_from and p.referred_to_npi = $npi_to
order by p.source, p.referral_id
