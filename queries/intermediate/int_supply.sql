-- title: Providers by site on the quarter's last day
-- grain: npi, practice_id
-- inputs: int_provider_places, int_provider_specialties
-- definition: Individuals who are not deactivated, at each of their places of work. A stated fte
--   stands; else one full-time equivalent is split equally over the places.
-- checks: fte_thousandths >= 0
select
  p.npi,
  p.practice_id,
  p.practice_name,
  s.specialty,
  p.affiliation,
  coalesce(p.affiliation in ('own', 'affiliated'), false) as is_inside,
  p.zip,
  p.lat,
  p.lon,
  p.county,
  cast(round(coalesce(p.stated_fte, 1.0 / p.places) * 1000) as bigint) as fte_thousandths
from int_provider_places as p
inner join int_provider_specialties as s on s.npi = p.npi
where
  p.on_day = $as_of_on
  and s.entity_type = 'individual'
  and s.deactivated_on is null
