-- title: People by ZIP code
-- grain: zip
-- inputs: lake_population
-- definition: Of rows of one ZIP code the one of the file with the later latest day wins, then the
--   greater content hash.
-- checks: population >= 0
with ranked_rows as (
  select
    *,
    row_number() over (
      partition by zip order by file_latest_on desc nulls last, content_hash desc, load_id
    ) as choice
  from lake_population
)
select
  zip,
  coalesce(county, 'unknown') as county_text,
  coalesce(state, '') as state,
  lat,
  lon,
  population,
  population_65_plus,
  population_under_18,
  female_15_44,
  growth_5y,
  coalesce(county_type, 'metro') as county_type,
  county_type is null as county_type_assumed
from ranked_rows
where choice = 1
