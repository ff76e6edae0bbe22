-- title: Leaked referrals that we could do something about
-- grain: source, referral_id
-- inputs: int_leakage_referrals
-- definition: Addressable leaked referrals of the last eight quarters with what a slot must fit: the
--   week of the order, the patient's ZIP code, age band and payer.
select
  source,
  referral_id,
  quarter,
  referred_on,
  cast(date_trunc('week', referred_on) as date) as week_on,
  specialty,
  patient_zip,
  age_band,
  payer,
  referring_npi,
  referring_practice_id,
  referring_county,
  patient_county
from int_leakage_referrals
where leakage_class = 'leaked' and addressable and age < 8
