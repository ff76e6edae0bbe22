-- title: Referrals with resolved providers and specialty
-- grain: source, referral_id
-- inputs: stg_referrals, identity_referring, identity_referred_to, identity_specialties, int_provider_specialties, reference_specialties
-- definition: A stated NPI stands; a name has the one that it was resolved to in its circumstances
--   (docs/methods/identity.md). The specialty is the referral's as the set names it, Unknown where it is
--   outside the set; where the referral has none, the referred-to provider's. The kind of service
--   is the referral's, else the specialty's kind of care.
-- checks: service_type in ('consult', 'procedure', 'imaging', 'lab', 'therapy', 'dme', 'post_acute', 'none')
with resolved_rows as (
  select
    r.*,
    coalesce(r.stated_referring_npi, f.npi) as referring_npi,
    case when r.stated_referring_npi is not null then 'npi' else coalesce(f.matched, 'none') end as referring_match,
    coalesce(r.stated_referred_to_npi, t.npi) as referred_to_npi,
    case when r.stated_referred_to_npi is not null then 'npi' else coalesce(t.matched, 'none') end as referred_to_match
  from stg_referrals as r
  left join identity_referring as f
    on f.referring_name = r.referring_name
    and f.referring_practice = coalesce(r.referring_practice, '')
    and f.referring_department = coalesce(r.referring_department, '')
  left join identity_referred_to as t
    on t.referred_to_name = r.referred_to_name
    and t.referred_to_practice = coalesce(r.referred_to_practice, '')
    and t.referred_to_organization = coalesce(r.referred_to_organization, '')
    and t.specialty_text = coalesce(r.specialty_text, '')
),
named_rows as (
  select
    r.*,
    coalesce(
      case when r.specialty_text is not null then coalesce(s.specialty, 'Unknown') end,
      p.specialty,
      'Unknown'
    ) as specialty
  from resolved_rows as r
  left join identity_specialties as s on s.specialty_text = r.specialty_text
  left join int_provider_specialties as p on p.npi = r.referred_to_npi
)
select
  r.source,
  r.referral_id,
  r.updated_at,
  r.referred_on,
  r.quarter,
  r.status,
  r.status_reason,
  r.referring_npi,
  r.referring_match,
  r.referring_name,
  r.referring_practice,
  r.referring_department,
  r.setting,
  r.referred_to_npi,
  r.referred_to_match,
  r.referred_to_name,
  r.referred_to_practice,
  r.referred_to_organization,
  r.direction,
  r.specialty,
  coalesce(r.stated_service_type, c.care, 'consult') as service_type,
  r.is_renewal,
  r.replaces_id,
  r.reason_code,
  r.priority,
  r.patient_id,
  r.patient_zip,
  r.age_band,
  r.payer,
  r.scheduled_on,
  r.appointment_on,
  r.completed_on,
  r.report_sent_on,
  r.expires_on,
  r.reconstructed
from named_rows as r
left join reference_specialties as c on c.specialty = r.specialty
