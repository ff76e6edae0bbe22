-- title: Referrals from outside our own of the last two quarters and of the same two a year before
-- key: specialty, territory
-- adds: from_n, to_n
-- inputs: int_placed_referrals, reference_quarters
select
  p.source,
  p.referral_id,
  p.referred_on,
  p.specialty,
  p.referring_npi,
  p.referring_affiliation,
  p.referring_territory,
  case when q.age in (4, 5) then 1 else 0 end as from_n,
  case when q.age in (0, 1) then 1 else 0 end as to_n
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter
where
  p.counts
  and p.destination_side = 'inside'
  and p.referring_affiliation <> 'own'
  and q.age in (0, 1, 4, 5)
  and ($territory = 'all' or p.referring_territory = $territory)
  and ($specialty = 'all' or p.specialty = $specialty)
order by p.source, p.referral_id
