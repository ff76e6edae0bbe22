-- title: Counts of each referrer whose referrals we completed
-- key: specialty, quarter
-- adds: n, ordered_outside, operated_outside, went_outside
-- gives: share = went_outside / n
-- inputs: int_chain_cells
select specialty, referring_npi, n, ordered_outside, operated_outside, went_outside
from int_chain_cells
where ($specialty = 'all' or specialty = $specialty) and quarter = $quarter
order by specialty, referring_npi
