-- title: Who stands at the ends of ties, those of a year ago included
-- grain: npi
-- inputs: int_tie_windows, int_provider_specialties, int_provider_days
-- definition: Everyone at an end of a tie of int_tie_windows, with name and, on the quarter's last
--   day, affiliation.
with ends as (
  select npi_from as npi from int_tie_windows
  union
  select npi_to as npi from int_tie_windows
)
select
  e.npi,
  coalesce(s.name, e.npi) as name,
  coalesce(d.affiliation, 'unknown') as affiliation
from ends as e
left join int_provider_specialties as s on s.npi = e.npi
left join int_provider_days as d on d.npi = e.npi and d.on_day = $as_of_on
