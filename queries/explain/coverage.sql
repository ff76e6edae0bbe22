-- title: Referrals of the source placed in the quarter, and what is known of each
-- key: source, quarter
-- adds: rows, referring_resolved, destination_resolved, specialty_known, booked_known, appointment_known,
--   completed_known, report_known, reconstructed, possible_repeats, ambiguous_practice, counted, destination_placed,
--   completed, completed_booked, completed_appointment, completed_dated, completed_reported
-- gives: referring_resolved_share = referring_resolved / rows; destination_resolved_share = destination_resolved / rows;
--   destination_placed_share = destination_placed / rows; specialty_known_share = specialty_known / rows;
--   booked_known_share = completed_booked / completed; appointment_known_share = completed_appointment / completed;
--   completed_known_share = completed_dated / completed; report_known_share = completed_reported / completed
-- inputs: int_placed_referrals, int_referrals, reference_quarters
with covered_referrals as (
  select
    p.*,
    r.is_renewal or coalesce(r.replaces_id <> r.referral_id, false) as says_so,
    p.status = 'void'
      or (p.status = 'cancelled' and coalesce(p.status_reason, '') in ('duplicate', 'entered_in_error'))
      as never_counts,
    -- Where the practice is not known, its name stands for it, else the referrer.
    coalesce(
      nullif(p.referring_practice_id, 'unknown'), lower(trim(r.referring_practice)),
      r.referring_npi, r.referring_name
    ) as practice_key
  from int_placed_referrals as p
  inner join int_referrals as r on r.source = p.source and r.referral_id = p.referral_id
  inner join reference_quarters as q on q.quarter = $quarter
  where p.referred_on <= q.last_on and cast(p.referred_on as int) >= cast(q.first_on as int) - 90
),
-- A possible repeat has one alike in the 90 days before it, of whichever source.
later_ones as (
  select
    source,
    referral_id,
    says_so,
    cast(referred_on as int) - cast(lag(referred_on) over (
      partition by patient_id, specialty, practice_key order by referred_on, source, referral_id
    ) as int) as days_since
  from covered_referrals
  where patient_id is not null and not never_counts
)
select
  c.source,
  c.referral_id,
  c.referred_on,
  c.specialty,
  c.status,
  c.referring_npi,
  c.referred_to_npi,
  c.destination_side,
  1 as rows,
  case when c.referring_npi is not null then 1 else 0 end as referring_resolved,
  case when c.referred_to_npi is not null then 1 else 0 end as destination_resolved,
  case when c.specialty <> 'Unknown' then 1 else 0 end as specialty_known,
  case when c.scheduled_on is not null then 1 else 0 end as booked_known,
  case when c.appointment_on is not null then 1 else 0 end as appointment_known,
  case when c.completed_on is not null then 1 else 0 end as completed_known,
  case when c.report_sent_on is not null then 1 else 0 end as report_known,
  case when c.reconstructed then 1 else 0 end as reconstructed,
  case when l.days_since <= 90 and not l.says_so then 1 else 0 end as possible_repeats,
  case when c.ambiguous_practice then 1 else 0 end as ambiguous_practice,
  case when c.counts then 1 else 0 end as counted,
  case when c.destination_side <> 'unknown' then 1 else 0 end as destination_placed,
  case when c.status = 'completed' then 1 else 0 end as completed,
  case when c.status = 'completed' and c.scheduled_on is not null then 1 else 0 end as completed_booked,
  case when c.status = 'completed' and c.appointment_on is not null then 1 else 0 end as completed_appointment,
  case when c.status = 'completed' and c.completed_on is not null then 1 else 0 end as completed_dated,
  case when c.status = 'completed' and c.report_sent_on is not null then 1 else 0 end as completed_reported
from covered_referrals as c
left join later_ones as l on l.source = c.source and l.referral_id = c.referral_id
where c.source = $source and c.quarter = $quarter
order by c.source, c.referral_id
