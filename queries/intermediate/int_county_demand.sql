-- title: Referrals of the quarter by county and specialty
-- grain: county, specialty
-- inputs: int_placed_referrals, int_counties, int_practices, reference_quarters
-- definition: Counted referrals of the run's quarter by the county of the patient's ZIP code, else
--   of the referring practice. out_of_county counts those to a practice of another county, of
--   those whose destination's county is known.
-- checks: out_of_county <= destination_known; destination_known <= n
select
  coalesce(c.county, p.referring_county) as county,
  p.specialty,
  count(*) as n,
  sum(case when t.practice_id is not null and t.county <> 'unknown' then 1 else 0 end) as destination_known,
  sum(case
    when t.practice_id is not null and t.county <> 'unknown'
      and t.county <> coalesce(c.county, p.referring_county) then 1
    else 0
  end) as out_of_county
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age = 0
left join int_counties as c on c.zip = p.patient_zip
left join int_practices as t on t.practice_id = p.destination_practice_id
where p.counts
group by coalesce(c.county, p.referring_county), p.specialty
