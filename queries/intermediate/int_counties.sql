-- title: The county of each ZIP code, as tables name it
-- grain: zip
-- inputs: stg_population
-- definition: The population table's text unchanged; the state is added only where two of its
--   states share the name.
with shared_names as (
  select county_text
  from stg_population
  group by county_text
  having count(distinct state) > 1
)
select
  p.zip,
  case when s.county_text is null then p.county_text else concat(p.county_text, ', ', p.state) end as county,
  p.lat,
  p.lon,
  p.population,
  p.county_type,
  p.county_type_assumed
from stg_population as p
left join shared_names as s on s.county_text = p.county_text
