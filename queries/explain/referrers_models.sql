-- title: The referrer's referral days in the last eight quarters, which the models are told
-- key: referring_npi
-- adds: none
-- inputs: int_referrer_days, reference_quarters
select
  d.referred_on,
  d.specialty,
  d.n as referrals
from int_referrer_days as d
inner join reference_quarters as q on q.first_on <= d.referred_on and q.last_on >= d.referred_on
where d.referring_npi = $referring_npi and q.age <= 7
order by d.referred_on, d.specialty
