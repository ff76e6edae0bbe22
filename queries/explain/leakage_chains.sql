-- title: Counts of each referrer whose referrals we completed
-- key: specialty, quarter
-- adds: n, sent_on, operated, went_on
-- gives: share = went_on / n
-- inputs: int_chain_cells
select specialty, referring_npi, n, sent_on, operated, went_on
from int_chain_cells
where ($specialty = 'all' or specialty = $specialty) and quarter = $quarter
order by specialty, referring_npi
