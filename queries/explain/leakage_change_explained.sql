-- title: Counts of each referrer, specialty and source in both quarters
-- key: specialty, comparison
-- adds: none
-- inputs: int_change_cells
select period, source, specialty, referring_npi, n, leaked, fixed_n, fixed_leaked
from int_change_cells
where comparison = $comparison and ($specialty = 'all' or specialty = $specialty)
order by period, source, specialty, referring_npi
