-- title: On whom our inbound referrals depend
-- grain: specialty, practice_id, referring_npi
-- inputs: int_placed_referrals, int_practices, reference_quarters
-- definition: Counted external inbound referrals of the last four quarters: to a provider inside, by a
--   referrer who was not our own on the day. A referrer without an NPI counts under its name;
--   patients who came alone and names that mean nobody are left out.
-- checks: n > 0
select
  p.specialty,
  p.referring_practice_id as practice_id,
  coalesce(p.referring_npi, p.referring_name) as referring_npi,
  max(coalesce(r.practice_name, 'unknown')) as practice_name,
  max(coalesce(r.county, 'unknown')) as county,
  max(coalesce(r.territory, 'unknown')) as territory,
  count(*) as n
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
left join int_practices as r on r.practice_id = p.referring_practice_id
where
  p.counts
  and p.destination_side = 'inside'
  and p.referring_affiliation <> 'own'
  and coalesce(p.referring_match, 'none') not in ('patient_self', 'nobody')
  and coalesce(p.referring_npi, p.referring_name) <> 'unknown'
group by p.specialty, p.referring_practice_id, coalesce(p.referring_npi, p.referring_name)
