-- title: Every name that a practice ever had
-- grain: practice_id, practice_name
-- inputs: lake_providers
-- definition: The names in all rows of rosters and registers, those of earlier periods and of earlier
--   files included. A row that begins after the quarter's end is not there.
select distinct practice_id, practice_name
from lake_providers
where
  practice_id is not null
  and practice_name is not null
  and (effective_from is null or effective_from <= $as_of_on)
