-- title: Counts of each referrer whose referrals we turned away for the reason
-- key: specialty, receiving_practice_id, reason, quarter
-- adds: n, declined, expired, unscheduled_after_14_days
-- gives: share = n / received
-- inputs: int_refusal_cells
select
  specialty,
  referring_npi,
  declined + expired + unscheduled_after_14_days as n,
  declined,
  expired,
  unscheduled_after_14_days
from int_refusal_cells
where
  ($specialty = 'all' or specialty = $specialty)
  and receiving_practice_id = $receiving_practice_id
  and reason = $reason
  and quarter = $quarter
order by specialty, referring_npi
