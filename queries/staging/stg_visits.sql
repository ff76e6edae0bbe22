-- title: The liaison's log up to the quarter's end
-- grain: practice_id, npi, visited_on, kind, liaison_id, topic
-- inputs: lake_visits
-- definition: Of rows that say the same contact the one of the file with the later latest day
--   wins, then the greater content hash. What is not filled in is the empty text.
-- checks: visited_on <= $as_of_on
with ranked_rows as (
  select
    *,
    row_number() over (
      partition by practice_id, npi, visited_on, kind, liaison_id, topic
      order by file_latest_on desc nulls last, content_hash desc, load_id
    ) as choice
  from lake_visits
  where visited_on <= $as_of_on
)
select
  coalesce(practice_id, '') as practice_id,
  coalesce(npi, '') as npi,
  visited_on,
  kind,
  coalesce(liaison_id, '') as liaison_id,
  coalesce(topic, '') as topic,
  coalesce(outcome, '') as outcome
from ranked_rows
where choice = 1
