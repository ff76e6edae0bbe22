-- title: Leaked referrals of the practice to the destination
-- key: practice_id, specialty, destination_id
-- adds: n
-- inputs: int_leakage_referrals
select
  source,
  referral_id,
  referred_on,
  specialty,
  referring_npi,
  referring_practice_id,
  destination_name,
  leakage_class,
  reason,
  ended_in,
  1 as n
from int_leakage_referrals
where
  leakage_class = 'leaked'
  and age = 0
  and referring_practice_id = $practice_id
  and ($specialty = 'all' or specialty = $specialty)
  and destination_id = $destination_id
order by source, referral_id
