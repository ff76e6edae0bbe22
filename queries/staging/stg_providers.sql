-- title: The roster, one row a provider, place of work and period
-- grain: npi, practice_id, starts_on
-- inputs: lake_providers
-- definition: Of rows of one provider, practice and effective_from the one of the file with the
--   later latest day wins, then the greater content hash. A later effective_from cuts an earlier
--   row of the same practice that reaches beyond it. starts_on and ends_on are the period with the
--   open ends written out (1900-01-01 and 2999-12-31). A row that begins after the quarter's end
--   is not there, and a deactivation after it has not happened. Rows of a register are not here.
-- checks: starts_on <= $as_of_on; entity_type in ('individual', 'organization')
with ranked_rows as (
  select
    *,
    row_number() over (
      partition by npi, practice_id, effective_from
      order by file_latest_on desc nulls last, content_hash desc, load_id
    ) as choice
  from lake_providers
  where not coalesce(is_register, false) and (effective_from is null or effective_from <= $as_of_on)
),
cut_rows as (
  select
    *,
    lead(effective_from) over (
      partition by npi, practice_id order by effective_from asc nulls first
    ) as next_from
  from ranked_rows
  where choice = 1
)
select
  npi,
  coalesce(practice_id, 'unknown') as practice_id,
  coalesce(effective_from, date '1900-01-01') as starts_on,
  case
    when next_from is not null and (effective_to is null or effective_to >= next_from)
      then cast(next_from - interval '1 day' as date)
    else coalesce(effective_to, date '2999-12-31')
  end as ends_on,
  name,
  coalesce(entity_type, 'individual') as entity_type,
  coalesce(role, 'physician') as role,
  taxonomy_code,
  specialty as specialty_text,
  organization_id,
  affiliation as stated_affiliation,
  practice_name,
  zip,
  lat,
  lon,
  county as stated_county,
  fte as stated_fte,
  coalesce(is_primary, false) as is_primary,
  coalesce(accepts_new_patients, true) as accepts_new_patients,
  age_bands,
  payers_accepted,
  case when deactivated_on <= $as_of_on then deactivated_on end as deactivated_on
from cut_rows
