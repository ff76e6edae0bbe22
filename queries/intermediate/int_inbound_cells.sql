-- title: Inbound referrals by referrer, specialty, practice and quarter
-- grain: quarter, territory, specialty, referring_affiliation, receiving_practice_id, referring_npi
-- inputs: int_placed_referrals, int_practices, reference_quarters
-- definition: Counted referrals of the last twelve quarters to a provider inside. A referrer
--   without an NPI is 'unknown'; its affiliation is that of the day of the referral.
-- checks: n > 0; completed + declined_by_us <= n
select
  p.quarter,
  p.referring_territory as territory,
  p.specialty,
  p.referring_affiliation,
  coalesce(p.destination_practice_id, 'unknown') as receiving_practice_id,
  coalesce(p.referring_npi, 'unknown') as referring_npi,
  max(coalesce(r.practice_name, 'unknown')) as receiving_practice_name,
  count(*) as n,
  sum(case when p.status = 'completed' then 1 else 0 end) as completed,
  sum(case when p.status = 'declined' then 1 else 0 end) as declined_by_us
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter
left join int_practices as r on r.practice_id = p.destination_practice_id
where p.counts and p.destination_side = 'inside'
group by
  p.quarter, p.referring_territory, p.specialty, p.referring_affiliation,
  coalesce(p.destination_practice_id, 'unknown'), coalesce(p.referring_npi, 'unknown')
