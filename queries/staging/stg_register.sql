-- title: Registers of all providers, one row a provider and place of work
-- grain: npi, practice_id, names_practice
-- inputs: lake_providers
-- definition: A register gives everybody's places of work as they are, without periods. Of rows of one
--   provider the one as known at the quarter's end counts, else the earliest that there is: for each
--   practice where rows name practices, of the others one alone. A deactivation after the quarter's
--   end has not happened.
with ranked_rows as (
  select
    *,
    practice_name is not null as names_practice,
    row_number() over (
      partition by npi, practice_name is not null, case when practice_name is not null then practice_id end
      order by
        case when cast(updated_at as date) <= $as_of_on then updated_at end desc nulls last,
        updated_at asc nulls last, file_latest_on desc nulls last, content_hash desc, load_id
    ) as choice
  from lake_providers
  where coalesce(is_register, false)
)
select
  npi,
  coalesce(practice_id, 'unknown') as practice_id,
  names_practice,
  name,
  entity_type,
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
from ranked_rows
where choice = 1
