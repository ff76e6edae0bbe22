-- title: What the referrer sent us, by day and specialty
-- tables: referrers, lapsed, watch
-- key: referring_npi
-- adds: referrals, q_3, q_2, q_1, q_0
-- gives: first_on = least referred_on; last_on = greatest referred_on; referral_days = distinct referred_on;
--   former_per_quarter = former / 2; present_per_quarter = present / 2
-- inputs: int_referrer_days, reference_quarters
select
  d.referred_on,
  d.specialty,
  d.n as referrals,
  case when q.age = 3 then d.n else 0 end as q_3,
  case when q.age = 2 then d.n else 0 end as q_2,
  case when q.age = 1 then d.n else 0 end as q_1,
  case when q.age = 0 then d.n else 0 end as q_0,
  case when q.age in (4, 5) then d.n else 0 end as former,
  case when q.age in (0, 1) then d.n else 0 end as present
from int_referrer_days as d
left join reference_quarters as q on q.first_on <= d.referred_on and q.last_on >= d.referred_on
where d.referring_npi = $referring_npi
order by d.referred_on, d.specialty
