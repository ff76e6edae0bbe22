-- title: Referrals to our practices, and which of them we turned away
-- grain: specialty, receiving_practice_id, reason, quarter, referring_npi
-- inputs: int_placed_referrals, reference_quarters
-- definition: Counted referrals of the last twelve quarters to a provider inside. Turned away is what
--   was declined, what expired, and what lay 14 days at the end of its quarter without a booking.
-- checks: received > 0; declined + expired + unscheduled_after_14_days <= received
with stated as (
  select
    p.*,
    case
      when p.status = 'declined' then 'declined'
      when p.status = 'expired' then 'expired'
      when p.status in ('requested', 'in_review', 'accepted')
        and p.scheduled_on is null and p.appointment_on is null
        and cast(q.last_on as int) - cast(p.referred_on as int) >= 14
        then 'unscheduled'
      when p.status in ('requested', 'in_review', 'accepted', 'scheduled', 'completed', 'no_show')
        and p.scheduled_on > q.last_on and coalesce(p.completed_on > q.last_on, true)
        and cast(q.last_on as int) - cast(p.referred_on as int) >= 14
        then 'unscheduled'
    end as refusal
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter
  where p.counts and p.destination_side = 'inside'
)
select
  specialty,
  coalesce(destination_practice_id, 'unknown') as receiving_practice_id,
  case
    when refusal is null then 'none'
    when status = 'no_show' then 'unknown'
    else coalesce(status_reason, 'unknown')
  end as reason,
  quarter,
  coalesce(referring_npi, 'unknown') as referring_npi,
  count(*) as received,
  sum(case when refusal = 'declined' then 1 else 0 end) as declined,
  sum(case when refusal = 'expired' then 1 else 0 end) as expired,
  sum(case when refusal = 'unscheduled' then 1 else 0 end) as unscheduled_after_14_days
from stated
group by 1, 2, 3, 4, 5
