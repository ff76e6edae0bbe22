-- title: Every provider's places of work: our roster, and beside it the registers
-- grain: npi, practice_id, starts_on
-- inputs: stg_providers, stg_register
-- definition: Rows of a register stand only for providers whom no roster has: those that name
--   practices, else the one that does not. Of others a register says when the number was
--   deactivated, and what name and taxonomy code are where their rows leave them open.
-- checks: starts_on <= $as_of_on
with register_facts as (
  select npi, name, entity_type, taxonomy_code, deactivated_on
  from stg_register
  where not names_practice
),
named_practices as (
  select distinct npi from stg_register where names_practice
)
select
  p.npi,
  p.practice_id,
  p.starts_on,
  p.ends_on,
  coalesce(p.name, f.name) as name,
  p.entity_type,
  p.role,
  coalesce(p.taxonomy_code, f.taxonomy_code) as taxonomy_code,
  p.specialty_text,
  p.organization_id,
  p.stated_affiliation,
  p.practice_name,
  p.zip,
  p.lat,
  p.lon,
  p.stated_county,
  p.stated_fte,
  p.is_primary,
  p.accepts_new_patients,
  p.age_bands,
  p.payers_accepted,
  coalesce(p.deactivated_on, f.deactivated_on) as deactivated_on,
  false as is_register
from stg_providers as p
left join register_facts as f on f.npi = p.npi
union all
select
  r.npi,
  r.practice_id,
  date '1900-01-01' as starts_on,
  date '2999-12-31' as ends_on,
  coalesce(r.name, f.name) as name,
  coalesce(r.entity_type, f.entity_type, 'individual') as entity_type,
  r.role,
  coalesce(r.taxonomy_code, f.taxonomy_code) as taxonomy_code,
  r.specialty_text,
  r.organization_id,
  r.stated_affiliation,
  r.practice_name,
  r.zip,
  r.lat,
  r.lon,
  r.stated_county,
  r.stated_fte,
  r.is_primary,
  r.accepts_new_patients,
  r.age_bands,
  r.payers_accepted,
  coalesce(r.deactivated_on, f.deactivated_on) as deactivated_on,
  true as is_register
from stg_register as r
left join register_facts as f on f.npi = r.npi
where
  (r.names_practice or not exists (select 1 from named_practices as n where n.npi = r.npi))
  and not exists (select 1 from stg_providers as p where p.npi = r.npi)
