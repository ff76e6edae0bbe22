-- title: Counted referrals to a provider inside
-- key: territory, specialty, referring_affiliation, receiving_practice_id, quarter
-- adds: n, completed, declined_by_us
-- inputs: int_placed_referrals
select
  source,
  referral_id,
  referred_on,
  specialty,
  referring_npi,
  referring_practice_id,
  referring_territory,
  destination_practice_id,
  status,
  1 as n,
  case when status = 'completed' then 1 else 0 end as completed,
  case when status = 'declined' then 1 else 0 end as declined_by_us
from int_placed_referrals
where
  counts
  and destination_side = 'inside'
  and ($territory = 'all' or referring_territory = $territory)
  and ($specialty = 'all' or specialty = $specialty)
  and referring_affiliation = $referring_affiliation
  and ($receiving_practice_id = 'all' or coalesce(destination_practice_id, 'unknown') = $receiving_practice_id)
  and quarter = $quarter
order by source, referral_id
