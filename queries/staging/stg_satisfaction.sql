-- title: What referrers answered up to the quarter's end
-- grain: practice_id, npi, asked_on
-- inputs: lake_satisfaction
-- definition: Of answers of one practice, provider and day the one of the file with the later latest
--   day wins, then the greater content hash. An answer after the quarter's end is not there. A
--   practice or provider that is not filled in is the empty text; the top of the scale is not
--   guessed where it is missing.
-- checks: asked_on <= $as_of_on; score >= 0
with ranked_rows as (
  select
    *,
    row_number() over (
      partition by practice_id, npi, asked_on
      order by file_latest_on desc nulls last, content_hash desc, load_id
    ) as choice
  from lake_satisfaction
  where asked_on <= $as_of_on
)
select
  coalesce(practice_id, '') as practice_id,
  coalesce(npi, '') as npi,
  asked_on,
  score,
  scale_max
from ranked_rows
where choice = 1
