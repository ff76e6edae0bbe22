-- title: One row a provider and day
-- grain: npi, on_day
-- inputs: int_provider_places
-- definition: The provider's only place of that day, else the primary one, else the one with the
--   lowest practice_id. No join on this mart raises a row count.
select
  npi,
  on_day,
  practice_id,
  practice_name,
  organization_id,
  organization_name,
  affiliation,
  zip,
  lat,
  lon,
  county,
  specialty,
  places
from int_provider_places
where place_rank = 1
