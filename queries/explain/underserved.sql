-- title: ZIP codes with their people, providers by place of work, and the quarter's referrals of the county; access
--   itself takes in providers beyond the county, by distance
-- key: county, specialty, quarter
-- adds: population
-- gives: providers = distinct npi; fte = fte_thousandths / 1000;
--   referrals_per_1000 = referrals / thousands_of_people; out_of_county_share = out_of_county / destination_known
-- inputs: int_counties, int_supply, int_county_demand, reference_quarters
with rows_of_all_kinds as (
  select
    'people' as what,
    zip,
    cast(null as varchar) as npi,
    cast(null as varchar) as practice_id,
    cast(null as varchar) as specialty,
    population,
    population / 1000.0 as thousands_of_people,
    0 as fte_thousandths,
    0 as referrals,
    0 as destination_known,
    0 as out_of_county
  from int_counties
  where county = $county
  union all
  select
    'provider' as what,
    zip,
    npi,
    practice_id,
    specialty,
    0 as population,
    0.0 as thousands_of_people,
    fte_thousandths,
    0 as referrals,
    0 as destination_known,
    0 as out_of_county
  from int_supply
  where county = $county and ($specialty = 'all' or specialty = $specialty)
  union all
  select
    'referrals' as what,
    cast(null as varchar) as zip,
    cast(null as varchar) as npi,
    cast(null as varchar) as practice_id,
    specialty,
    0 as population,
    0.0 as thousands_of_people,
    0 as fte_thousandths,
    n as referrals,
    destination_known,
    out_of_county
  from int_county_demand
  where county = $county and ($specialty = 'all' or specialty = $specialty)
)
select r.*
from rows_of_all_kinds as r
inner join reference_quarters as q on q.quarter = $quarter and q.age = 0
order by r.what, r.zip, r.npi, r.practice_id, r.specialty
