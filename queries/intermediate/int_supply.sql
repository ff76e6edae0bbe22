-- title: Providers by site on the quarter's last day
-- grain: npi, practice_id
-- inputs: int_provider_spells, int_provider_specialties, config_overrides_npi, config_overrides_organization
-- definition: Individuals who are not deactivated, at each of their places of work. A stated fte
--   stands; else one full-time equivalent is split equally over the places.
-- checks: fte_thousandths >= 0
with places as (
  select
    s.npi,
    s.practice_id,
    s.practice_name,
    coalesce(n.affiliation, o.affiliation, s.listed_affiliation) as affiliation,
    s.zip,
    s.lat,
    s.lon,
    s.county,
    s.stated_fte,
    count(*) over (partition by s.npi) as places
  from int_provider_spells as s
  left join config_overrides_npi as n
    on n.npi = s.npi and n.starts_on <= $as_of_on and n.ends_on >= $as_of_on
  left join config_overrides_organization as o
    on o.organization_id = s.organization_id and o.starts_on <= $as_of_on and o.ends_on >= $as_of_on
  where s.starts_on <= $as_of_on and s.ends_on >= $as_of_on
)
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
from places as p
inner join int_provider_specialties as s on s.npi = p.npi
where s.entity_type = 'individual' and s.deactivated_on is null
