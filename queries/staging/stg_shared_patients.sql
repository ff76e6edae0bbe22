-- title: Pairs of providers who share patients, by period
-- grain: npi_from, npi_to, period_from, period_to
-- inputs: lake_shared_patients
-- definition: Of rows of one pair and period the one of the file with the later latest day wins,
--   then the greater content hash. A period that ends after the quarter's end is not there, nor one
--   without an end that begins after it. The ends that a file does not give are written out
--   (1900-01-01 and 2999-12-31).
-- checks: patients >= 0; period_from <= $as_of_on; period_to <= $as_of_on or period_to = date '2999-12-31'
with ranked_rows as (
  select
    *,
    row_number() over (
      partition by npi_from, npi_to, period_from, period_to
      order by file_latest_on desc nulls last, content_hash desc, load_id
    ) as choice
  from lake_shared_patients
  where coalesce(period_to, period_from, $as_of_on) <= $as_of_on and coalesce(period_from, $as_of_on) <= $as_of_on
)
select
  npi_from,
  npi_to,
  coalesce(period_from, date '1900-01-01') as period_from,
  coalesce(period_to, date '2999-12-31') as period_to,
  transactions,
  patients,
  same_day
from ranked_rows
where choice = 1
