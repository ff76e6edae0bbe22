-- title: Aligned referrals of the class
-- key: specialty, class, quarter
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
  ledger_class,
  status,
  reason,
  ended_in,
  1 as n
from int_leakage_referrals
where ledger_class = $class and ($specialty = 'all' or specialty = $specialty) and quarter = $quarter
order by source, referral_id
