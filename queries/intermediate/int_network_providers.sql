-- title: The providers of the network
-- grain: npi
-- inputs: network_ties, int_provider_specialties, int_provider_days, int_practices
-- definition: Everyone at an end of a tie, with name, affiliation and place on the quarter's last day.
with ends as (
  select npi_from as npi from network_ties
  union
  select npi_to as npi from network_ties
)
select
  e.npi,
  coalesce(s.name, e.npi) as name,
  coalesce(s.specialty, 'Unknown') as specialty,
  coalesce(d.affiliation, 'unknown') as affiliation,
  coalesce(d.practice_id, 'unknown') as practice_id,
  coalesce(p.practice_name, 'unknown') as practice_name,
  coalesce(p.county, 'unknown') as county,
  coalesce(p.territory, 'unknown') as territory
from ends as e
left join int_provider_specialties as s on s.npi = e.npi
left join int_provider_days as d on d.npi = e.npi and d.on_day = $as_of_on
left join int_practices as p on p.practice_id = d.practice_id
order by e.npi
