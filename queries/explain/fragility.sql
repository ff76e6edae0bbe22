-- title: What each referrer sent in four quarters; where no referral is known, the patients whom it shares with us
-- key: specialty, practice_id
-- adds: n
-- inputs: int_dependence_cells
select specialty, practice_id, referring_npi, n
from int_dependence_cells
where ($specialty = 'all' or specialty = $specialty) and ($practice_id = 'all' or practice_id = $practice_id)
order by specialty, practice_id, referring_npi
