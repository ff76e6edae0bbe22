-- title: The roster with the affiliation that it lists, by period
-- grain: npi, practice_id, starts_on
-- inputs: int_roster, stg_organizations, identity_specialties, identity_practices, reference_places, int_counties
-- definition: A provider's period at a practice is split where its organization's period changes.
--   listed_affiliation is the provider's own, else its organization's of that time. The specialty
--   is the roster's text, else its taxonomy code, as the set names it. spell_rank orders a
--   provider's spells, primary places first, then the lowest practice_id. practice_key is the
--   practice's name without case, legal form and small words.
-- checks: starts_on <= ends_on
with ordered_organizations as (
  select
    *,
    lag(ends_on) over (partition by organization_id order by starts_on) as previous_end,
    lead(starts_on) over (partition by organization_id order by starts_on) as next_start
  from stg_organizations
),
-- Days that an organization's rows leave open belong to it all the same, without an affiliation.
organization_days as (
  select organization_id, starts_on, ends_on, name, affiliation from ordered_organizations
  union all
  select
    organization_id,
    coalesce(cast(previous_end + interval '1 day' as date), date '1900-01-01') as starts_on,
    cast(starts_on - interval '1 day' as date) as ends_on,
    name,
    null as affiliation
  from ordered_organizations
  where starts_on > coalesce(cast(previous_end + interval '1 day' as date), date '1900-01-01')
  union all
  select
    organization_id,
    cast(ends_on + interval '1 day' as date) as starts_on,
    date '2999-12-31' as ends_on,
    name,
    null as affiliation
  from ordered_organizations
  where next_start is null and ends_on < date '2999-12-31'
),
joined_rows as (
  select
    p.npi,
    p.practice_id,
    greatest(p.starts_on, coalesce(o.starts_on, p.starts_on)) as starts_on,
    least(p.ends_on, coalesce(o.ends_on, p.ends_on)) as ends_on,
    p.name,
    p.entity_type,
    p.role,
    p.specialty_text,
    p.taxonomy_code,
    p.organization_id,
    o.name as organization_name,
    coalesce(p.stated_affiliation, o.affiliation) as listed_affiliation,
    p.practice_name,
    coalesce(k.practice_key, lower(trim(p.practice_name))) as practice_key,
    p.zip,
    p.lat,
    p.lon,
    p.stated_county,
    p.stated_fte,
    p.is_primary,
    p.accepts_new_patients,
    p.age_bands,
    p.payers_accepted,
    p.deactivated_on,
    p.is_register
  from int_roster as p
  left join identity_practices as k on k.practice_text = p.practice_name
  left join organization_days as o
    on o.organization_id = p.organization_id
    and o.starts_on <= p.ends_on
    and o.ends_on >= p.starts_on
)
select
  j.npi,
  j.practice_id,
  j.starts_on,
  j.ends_on,
  j.name,
  j.entity_type,
  j.role,
  coalesce(s.specialty, t.specialty, 'Unknown') as specialty,
  j.organization_id,
  j.organization_name,
  j.listed_affiliation,
  coalesce(j.practice_name, case when j.practice_id = 'unknown' then 'unknown' else j.practice_id end) as practice_name,
  j.zip,
  coalesce(j.lat, c.lat, g.lat) as lat,
  coalesce(j.lon, c.lon, g.lon) as lon,
  coalesce(c.county, j.stated_county, 'unknown') as county,
  j.stated_fte,
  row_number() over (
    partition by j.npi order by j.is_primary desc, j.practice_id, j.starts_on desc
  ) as spell_rank,
  j.practice_key,
  j.is_primary,
  j.accepts_new_patients,
  j.age_bands,
  j.payers_accepted,
  j.deactivated_on,
  j.is_register
from joined_rows as j
left join identity_specialties as s on s.specialty_text = j.specialty_text
left join identity_specialties as t on t.specialty_text = j.taxonomy_code
left join int_counties as c on c.zip = j.zip
left join reference_places as g on g.zip = j.zip
where j.starts_on <= j.ends_on
