-- title: Counted referrals from the one provider to the other, now and a year before
-- key: npi_from, npi_to
-- adds: referrals_before, referrals_now
-- inputs: int_placed_referrals, reference_quarters
select
  p.source,
  p.referral_id,
  p.referred_on,
  p.specialty,
  p.status,
  case when q.age in (4, 5) then 1 else 0 end as referrals_before,
  case when q.age < 2 then 1 else 0 end as referrals_now
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age < 6
where p.counts and p.referring_npi = $npi_from and p.referred_to_npi = $npi_to
order by p.referred_on, p.source, p.referral_id
