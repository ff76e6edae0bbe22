-- title: Leaked referrals with the reason
-- key: specialty, reason, quarter
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
  leakage_class = 'leaked' and reason = $reason and ($specialty = 'all' or specialty = $specialty) and quarter = $quarter
order by source, referral_id
