-- title: Referrals to us, and aligned eligible referrals, of the payer
-- key: payer, specialty, quarter
-- adds: n, leakage_n
-- gives: leakage = leaked / leakage_n
-- inputs: int_placed_referrals, int_leakage_referrals
select source, referral_id, referred_on, specialty, referring_npi, 1 as n, 0 as leakage_n, 0 as leaked
from int_placed_referrals
where
  counts
  and destination_side = 'inside'
  and coalesce(payer, 'unknown') = $payer
  and ($specialty = 'all' or specialty = $specialty)
  and quarter = $quarter
union all
select
  source,
  referral_id,
  referred_on,
  specialty,
  referring_npi,
  0 as n,
  1 as leakage_n,
  case when leakage_class = 'leaked' then 1 else 0 end as leaked
from int_leakage_referrals
where
  leakage_class in ('leaked', 'kept')
  and coalesce(payer, 'unknown') = $payer
  and ($specialty = 'all' or specialty = $specialty)
  and quarter = $quarter
order by source, referral_id
