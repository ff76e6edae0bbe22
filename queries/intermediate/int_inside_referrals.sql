-- title: Counted referrals to our practices, and when each stopped waiting
-- grain: source, referral_id
-- inputs: int_placed_referrals
-- definition: closed_on is the day of the visit where the patient was seen, else, where the
--   referral is closed otherwise, the day of the appointment, else of expiry; closed without any
--   of these it never waited. An open referral has none.
-- checks: outcome in ('seen', 'left', 'open')
select
  source,
  referral_id,
  destination_practice_id as practice_id,
  specialty,
  quarter,
  referred_on,
  expires_on,
  case
    when status = 'completed' then 'seen'
    when status in ('cancelled', 'declined', 'expired', 'no_show', 'redirected') then 'left'
    else 'open'
  end as outcome,
  case
    when status = 'completed' then coalesce(completed_on, appointment_on, expires_on)
    when status in ('cancelled', 'declined', 'expired', 'no_show', 'redirected')
      then coalesce(completed_on, appointment_on, expires_on)
  end as closed_on
from int_placed_referrals
where
  counts
  and destination_side = 'inside'
  and destination_practice_id is not null
  and destination_practice_id <> 'unknown'
