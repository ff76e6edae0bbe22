-- title: The lapsed referrers of the practice
-- key: practice_id, specialty
-- adds: expected_referrals
-- inputs: result_lapsed
select
  referring_npi,
  referring_name,
  last_on,
  former_per_quarter,
  present_per_quarter,
  gap_q,
  expected_lapse_loss as expected_referrals
from result_lapsed
where practice_id = $practice_id and specialty = $specialty
order by referring_npi
