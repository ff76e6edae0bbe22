-- title: The ties of the shared-patient files, of the latest period
-- grain: npi_from, npi_to
-- inputs: stg_shared_patients
-- definition: Pairs of the latest period that is known at the quarter's end, nobody with himself. The
--   latest is the one that ends last, and of several the one that begins last; pairs whose file
--   does not say when they end stand only where no file says it. Ends that a file does not give
--   are empty.
-- checks: npi_from <> npi_to; patients > 0
with periods as (
  select distinct period_from, period_to from stg_shared_patients where patients > 0
),
ranked_periods as (
  select
    period_from,
    period_to,
    row_number() over (
      order by period_to = date '2999-12-31', period_to desc, period_from desc
    ) as choice
  from periods
)
select
  s.npi_from,
  s.npi_to,
  s.patients,
  nullif(s.period_from, date '1900-01-01') as period_from,
  nullif(s.period_to, date '2999-12-31') as period_to
from stg_shared_patients as s
inner join ranked_periods as p on p.period_from = s.period_from and p.period_to = s.period_to
where p.choice = 1 and s.patients > 0 and s.npi_from <> s.npi_to
