-- title: What each source brought, and what is known of it
-- grain: source, quarter
-- inputs: int_placed_referrals, int_referrals, int_source_completeness, int_source_silences, reference_quarters
-- definition: Of every source with a referral in the last eight quarters, each of these quarters
--   with the referrals placed in it, those that do not count included, as known at the run's
--   quarter's end. Resolved means an NPI, stated or found by name; placed means a destination
--   inside or outside. booked, appointment, completed and report are known where their day is;
--   completed_booked and its like are those among the completed. A possible repeat has the patient,
--   specialty and referring practice of a referral at most 90 days before it, neither of them void
--   or cancelled as a duplicate or entered in error, and does not say that it renews or replaces
--   another. last_complete_on is the source's, at most the quarter's end; entry_lag_p95_days is
--   the source's. A source is silent by int_source_silences. The finding of this name adds shares.
-- checks: counted <= rows; destination_resolved <= rows; possible_repeats <= rows; completed_dated <= completed; not silent or last_on is not null
with covered_referrals as (
  select
    p.source,
    p.referral_id,
    p.quarter,
    p.counts,
    p.referring_npi,
    p.referred_to_npi,
    p.destination_side,
    p.specialty,
    p.status,
    p.scheduled_on,
    p.appointment_on,
    p.completed_on,
    p.report_sent_on,
    p.reconstructed,
    p.ambiguous_practice,
    p.patient_id,
    p.referred_on,
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
  cross join (select min(first_on) as first_on from reference_quarters where age < 8) as w
  where cast(p.referred_on as int) >= cast(w.first_on as int) - 90
),
-- The later of two alike; each has only the one before it.
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
),
covered_rows as (
  select c.*, coalesce(l.days_since <= 90 and not l.says_so, false) as is_possible_repeat
  from covered_referrals as c
  left join later_ones as l on l.source = c.source and l.referral_id = c.referral_id
),
source_quarters as (
  select
    source,
    quarter,
    count(*) as n,
    count(referring_npi) as referring_resolved,
    count(referred_to_npi) as destination_resolved,
    sum(case when specialty <> 'Unknown' then 1 else 0 end) as specialty_known,
    count(scheduled_on) as booked_known,
    count(appointment_on) as appointment_known,
    count(completed_on) as completed_known,
    count(report_sent_on) as report_known,
    sum(case when reconstructed then 1 else 0 end) as reconstructed,
    sum(case when is_possible_repeat then 1 else 0 end) as possible_repeats,
    sum(case when ambiguous_practice then 1 else 0 end) as ambiguous_practice,
    sum(case when counts then 1 else 0 end) as counted,
    sum(case when destination_side <> 'unknown' then 1 else 0 end) as destination_placed,
    sum(case when status = 'completed' then 1 else 0 end) as completed,
    sum(case when status = 'completed' and scheduled_on is not null then 1 else 0 end) as completed_booked,
    sum(case when status = 'completed' and appointment_on is not null then 1 else 0 end) as completed_appointment,
    sum(case when status = 'completed' and completed_on is not null then 1 else 0 end) as completed_dated,
    sum(case when status = 'completed' and report_sent_on is not null then 1 else 0 end) as completed_reported
  from covered_rows
  group by source, quarter
),
grid as (
  select s.source, q.quarter, q.last_on
  from (
    select distinct c.source
    from source_quarters as c
    inner join reference_quarters as w on w.quarter = c.quarter and w.age < 8
  ) as s
  inner join reference_quarters as q on q.age < 8
)
select
  g.source,
  g.quarter,
  coalesce(n.n, 0) as rows,
  coalesce(n.referring_resolved, 0) as referring_resolved,
  coalesce(n.destination_resolved, 0) as destination_resolved,
  coalesce(n.specialty_known, 0) as specialty_known,
  coalesce(n.booked_known, 0) as booked_known,
  coalesce(n.appointment_known, 0) as appointment_known,
  coalesce(n.completed_known, 0) as completed_known,
  coalesce(n.report_known, 0) as report_known,
  coalesce(n.reconstructed, 0) as reconstructed,
  coalesce(n.possible_repeats, 0) as possible_repeats,
  coalesce(n.ambiguous_practice, 0) as ambiguous_practice,
  least(c.last_complete_on, g.last_on) as last_complete_on,
  c.entry_lag_p95_days,
  coalesce(l.silent, false) as silent,
  l.last_on,
  l.longest_gap_days,
  coalesce(n.counted, 0) as counted,
  coalesce(n.destination_placed, 0) as destination_placed,
  coalesce(n.completed, 0) as completed,
  coalesce(n.completed_booked, 0) as completed_booked,
  coalesce(n.completed_appointment, 0) as completed_appointment,
  coalesce(n.completed_dated, 0) as completed_dated,
  coalesce(n.completed_reported, 0) as completed_reported
from grid as g
left join source_quarters as n on n.source = g.source and n.quarter = g.quarter
left join int_source_completeness as c on c.source = g.source
left join int_source_silences as l on l.source = g.source and l.quarter = g.quarter
order by g.source, g.quarter
