-- title: Each provider's name, kind and specialty
-- grain: npi
-- inputs: int_provider_spells
-- definition: Taken from the provider's latest period, its primary place first.
with ranked_rows as (
  select
    *,
    row_number() over (
      partition by npi order by ends_on desc, starts_on desc, is_primary desc, practice_id
    ) as choice
  from int_provider_spells
)
select npi, coalesce(name, npi) as name, entity_type, role, specialty, deactivated_on
from ranked_rows
where choice = 1
