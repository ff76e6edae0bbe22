-- title: New-patient slots by site, specialty and week
-- grain: practice_id, specialty_text, week_of
-- inputs: lake_capacity
-- definition: Of rows of one site, specialty and week the one of the file with the later latest
--   day wins, then the greater content hash. Weeks that begin after the quarter's end are not there.
-- checks: slots >= 0
with ranked_rows as (
  select
    *,
    row_number() over (
      partition by practice_id, specialty, week_of
      order by file_latest_on desc nulls last, content_hash desc, load_id
    ) as choice
  from lake_capacity
  where week_of <= $as_of_on
)
select
  practice_id,
  specialty as specialty_text,
  week_of,
  slots,
  third_next_available_days
from ranked_rows
where choice = 1
