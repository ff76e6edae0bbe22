-- title: Providers of the roster and registers as they were now and two quarters before
-- grain: npi, as_of
-- inputs: int_provider_spells, int_provider_specialties, int_practices, int_prospect_ties, config_overrides_npi, config_overrides_organization, reference_quarters, reference_specialties
-- definition: as_of is now (the quarter's last day) or before (the last day of the quarter two
--   earlier). Everyone of a roster who has a place of work on that day, at the place that
--   int_provider_days takes; of a register those alone who have a tie, or work where somebody does
--   who has. refers: an individual, not deactivated on that day, whose specialty is unknown or sees
--   patients in consults or procedures. is_ours: such a one inside, primary care left out.
-- checks: as_of in ('now', 'before')
with days as (
  select 'now' as as_of, last_on as on_day from reference_quarters where age = 0
  union all
  select 'before' as as_of, last_on as on_day from reference_quarters where age = 2
),
first_places as (
  select s.npi, d.as_of, d.on_day, min(s.spell_rank) as spell_rank
  from int_provider_spells as s
  inner join days as d on s.starts_on <= d.on_day and s.ends_on >= d.on_day
  group by s.npi, d.as_of, d.on_day
),
placed as (
  select
    f.npi,
    f.as_of,
    s.practice_id,
    coalesce(n.affiliation, o.affiliation, s.listed_affiliation, 'unknown') as affiliation,
    s.is_register,
    k.name,
    k.specialty,
    coalesce(
      k.entity_type = 'individual'
      and (k.deactivated_on is null or k.deactivated_on > f.on_day)
      and (k.specialty = 'Unknown' or c.care is null or c.care in ('consult', 'procedure')),
      false
    ) as refers,
    coalesce(c.service_line, '') as service_line,
    c.care
  from first_places as f
  inner join int_provider_spells as s on s.npi = f.npi and s.spell_rank = f.spell_rank
  inner join int_provider_specialties as k on k.npi = f.npi
  left join reference_specialties as c on c.specialty = k.specialty
  left join config_overrides_npi as n
    on n.npi = f.npi and n.starts_on <= f.on_day and n.ends_on >= f.on_day
  left join config_overrides_organization as o
    on o.organization_id = s.organization_id and o.starts_on <= f.on_day and o.ends_on >= f.on_day
),
ends as (
  select npi_from as npi from int_prospect_ties
  union
  select npi_to as npi from int_prospect_ties
),
tied_practices as (
  select distinct p.practice_id
  from placed as p
  inner join ends as e on e.npi = p.npi
  where p.practice_id <> 'unknown'
)
select
  p.npi,
  p.as_of,
  p.name,
  p.specialty,
  p.affiliation,
  p.practice_id,
  coalesce(r.practice_name, 'unknown') as practice_name,
  coalesce(r.county, 'unknown') as county,
  coalesce(r.territory, 'unknown') as territory,
  r.lat,
  r.lon,
  p.refers,
  p.refers
  and p.affiliation in ('own', 'affiliated')
  and p.care is not null and p.specialty <> 'Unknown'
  and p.service_line <> 'Primary Care' as is_ours
from placed as p
left join int_practices as r on r.practice_id = p.practice_id
left join ends as e on e.npi = p.npi
left join tied_practices as t on t.practice_id = p.practice_id
where not p.is_register or e.npi is not null or t.practice_id is not null
