-- title: Counts of each referrer, specialty and source in both quarters
-- key: specialty, comparison
-- adds: none
-- gives: leakage_from = from_leaked / from_n; leakage_to = to_leaked / to_n
-- inputs: int_change_cells
select
  period,
  source,
  specialty,
  referring_npi,
  n,
  leaked,
  fixed_n,
  fixed_leaked,
  case when period = 'from' then n else 0 end as from_n,
  case when period = 'from' then leaked else 0 end as from_leaked,
  case when period = 'to' then n else 0 end as to_n,
  case when period = 'to' then leaked else 0 end as to_leaked
from int_change_cells
where comparison = $comparison and ($specialty = 'all' or specialty = $specialty)
order by period, source, specialty, referring_npi
