-- title: Leaked referrals to the organization
-- key: organization_id, specialty, quarter
-- adds: received
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
  1 as received
from int_leakage_referrals
where
  leakage_class = 'leaked'
  and coalesce(destination_organization_id, destination_id) = $organization_id
  and ($specialty = 'all' or specialty = $specialty)
  and quarter = $quarter
order by source, referral_id
