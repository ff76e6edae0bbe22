-- title: Referrals as known at the quarter's end
-- grain: source, referral_id
-- inputs: lake_referrals
-- definition: The version with the greatest updated_at on or before the quarter's last day. Where
--   there is none, the earliest version walked back: void stays, and cancelled as duplicate or
--   entered in error; else days of booking, visit and report after the quarter's end are emptied,
--   an appointment with its booking, and the status follows from what remains. Such rows are
--   reconstructed. A referral placed after the quarter's end is not there. Of two versions of one
--   time the one of the file with the later latest day wins, then the greater content hash.
-- checks: status in ('requested', 'in_review', 'accepted', 'scheduled', 'completed', 'no_show', 'declined', 'cancelled', 'expired', 'redirected', 'void'); referred_on <= $as_of_on
with ranked_versions as (
  select
    load_id,
    row_number as row_in_file,
    coalesce(cast(updated_at as date) <= $as_of_on, true) as is_known,
    row_number() over (
      partition by source, referral_id
      order by
        coalesce(cast(updated_at as date) <= $as_of_on, true) desc,
        case when cast(updated_at as date) <= $as_of_on then updated_at end desc nulls last,
        updated_at asc,
        file_latest_on desc nulls last,
        content_hash desc,
        load_id
    ) as choice
  from lake_referrals
),
known_versions as (
  -- The narrow side stands first: a hash join holds that one.
  select v.*, r.is_known
  from ranked_versions as r
  inner join lake_referrals as v on v.load_id = r.load_id and v.row_number = r.row_in_file
  where r.choice = 1
),
chosen_versions as (
  select
    *,
    is_known
      or status = 'void'
      or (status = 'cancelled' and coalesce(status_reason, '') in ('duplicate', 'entered_in_error'))
      as stands
  from known_versions
  where referred_on <= $as_of_on
),
walked_back as (
  select
    *,
    case when stands or scheduled_on <= $as_of_on then scheduled_on end as scheduled_then,
    case when stands or completed_on <= $as_of_on then completed_on end as completed_then,
    case when stands or report_sent_on <= $as_of_on then report_sent_on end as report_sent_then,
    case when stands or scheduled_on is null or scheduled_on <= $as_of_on then appointment_on end as appointment_then
  from chosen_versions
)
select
  source,
  referral_id,
  updated_at,
  referred_on,
  concat(cast(date_part('year', referred_on) as varchar), 'Q', cast(date_part('quarter', referred_on) as varchar)) as quarter,
  case
    when stands then status
    when completed_then is not null then 'completed'
    when status = 'expired' and expires_on <= $as_of_on then 'expired'
    when scheduled_then is not null then 'scheduled'
    else 'requested'
  end as status,
  status_reason,
  referring_npi as stated_referring_npi,
  referring_name,
  referring_practice,
  referring_department,
  coalesce(setting, 'office') as setting,
  referred_to_npi as stated_referred_to_npi,
  referred_to_name,
  referred_to_practice,
  referred_to_organization,
  direction,
  specialty as specialty_text,
  service_type as stated_service_type,
  coalesce(is_renewal, false) as is_renewal,
  replaces_id,
  reason_code,
  priority,
  patient_id,
  patient_zip,
  age_band,
  payer,
  scheduled_then as scheduled_on,
  appointment_then as appointment_on,
  completed_then as completed_on,
  report_sent_then as report_sent_on,
  expires_on,
  not is_known as reconstructed
from walked_back
