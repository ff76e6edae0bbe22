-- title: Referrals with both ends placed
-- grain: source, referral_id
-- inputs: identity_practices, identity_organizations, int_referrals, int_episodes, int_named_spells, int_provider_days, int_organization_names, config_overrides_npi, config_overrides_organization, int_practices, int_provider_specialties, int_offered, stg_organizations, config_territories
-- definition: A referral's practice is the one that it names, else the provider's of that day. The
--   destination is placed by the roster, then by the organization's name, then by the export's
--   direction; a provider found without an affiliation is outside, but in a register, which knows
--   nobody's affiliation, only where the other two are silent; what all three leave open is unknown. destination_id is the practice, else the organization, else the name.
-- checks: destination_side in ('inside', 'outside', 'unknown')
with placed_rows as (
  select
    r.source,
    r.referral_id,
    e.episode_id,
    e.counts,
    r.referred_on,
    r.quarter,
    r.status,
    r.status_reason,
    r.setting,
    r.specialty,
    r.service_type,
    r.age_band,
    r.payer,
    r.priority,
    r.patient_id,
    r.patient_zip,
    r.scheduled_on,
    r.appointment_on,
    r.completed_on,
    r.report_sent_on,
    r.expires_on,
    r.reconstructed,
    r.direction,
    r.referring_npi,
    r.referring_match,
    r.referring_name as referring_text,
    coalesce(fk.practice_key, nullif(lower(trim(r.referring_practice)), '')) as referring_practice_key,
    coalesce(fn.practice_id, fd.practice_id) as referring_practice_id,
    case
      when fn.npi is not null then coalesce(fv.affiliation, fo.affiliation, fn.listed_affiliation)
      else fd.affiliation
    end as referring_affiliation,
    case when fn.npi is not null then fn.organization_id else fd.organization_id end as referring_organization_id,
    fn.npi is null and coalesce(fd.places, 1) > 1 as ambiguous_practice,
    r.referred_to_npi,
    r.referred_to_match,
    r.referred_to_name as referred_to_text,
    r.referred_to_organization as referred_to_organization_text,
    coalesce(tn.practice_id, td.practice_id) as destination_practice_id,
    td.npi is not null as found_in_roster,
    coalesce(td.is_register, false) as found_in_register,
    case
      when tn.npi is not null then coalesce(tv.affiliation, tx.affiliation, tn.listed_affiliation)
      else td.affiliation
    end as roster_affiliation,
    case when tn.npi is not null then tn.organization_id else td.organization_id end as roster_organization_id,
    o.organization_id as named_organization_id,
    o.name as named_organization_name,
    coalesce(x.affiliation, o.affiliation) as organization_affiliation
  from int_referrals as r
  inner join int_episodes as e on e.source = r.source and e.referral_id = r.referral_id
  left join int_provider_days as fd on fd.npi = r.referring_npi and fd.on_day = r.referred_on
  left join identity_practices as fk on fk.practice_text = r.referring_practice
  left join int_named_spells as fn
    on fn.npi = r.referring_npi and fn.named_key = coalesce(fk.practice_key, lower(trim(r.referring_practice)))
    and fn.starts_on <= r.referred_on and fn.ends_on >= r.referred_on
  left join config_overrides_npi as fv
    on fv.npi = fn.npi and fv.starts_on <= r.referred_on and fv.ends_on >= r.referred_on
  left join config_overrides_organization as fo
    on fo.organization_id = fn.organization_id
    and fo.starts_on <= r.referred_on and fo.ends_on >= r.referred_on
  left join int_provider_days as td on td.npi = r.referred_to_npi and td.on_day = r.referred_on
  left join identity_practices as tk on tk.practice_text = r.referred_to_practice
  left join int_named_spells as tn
    on tn.npi = r.referred_to_npi and tn.named_key = coalesce(tk.practice_key, lower(trim(r.referred_to_practice)))
    and tn.starts_on <= r.referred_on and tn.ends_on >= r.referred_on
  left join config_overrides_npi as tv
    on tv.npi = tn.npi and tv.starts_on <= r.referred_on and tv.ends_on >= r.referred_on
  left join config_overrides_organization as tx
    on tx.organization_id = tn.organization_id
    and tx.starts_on <= r.referred_on and tx.ends_on >= r.referred_on
  left join identity_organizations as ok on ok.organization_text = r.referred_to_organization
  left join int_organization_names as o
    on o.name_key = coalesce(ok.organization_key, lower(trim(r.referred_to_organization)))
    and o.starts_on <= r.referred_on and o.ends_on >= r.referred_on
  left join config_overrides_organization as x
    on x.organization_id = o.organization_id and x.starts_on <= r.referred_on and x.ends_on >= r.referred_on
),
sided_rows as (
  select
    p.*,
    case
      when p.found_in_roster and not p.found_in_register then coalesce(p.roster_affiliation, 'outside')
      when p.found_in_register and p.roster_affiliation is not null then p.roster_affiliation
      when p.organization_affiliation is not null then p.organization_affiliation
      when p.direction in ('internal', 'incoming') then 'own'
      when p.direction = 'outgoing' or p.found_in_register then 'outside'
      else 'unknown'
    end as destination_affiliation
  from placed_rows as p
)
select
  s.source,
  s.referral_id,
  s.episode_id,
  s.counts,
  s.referred_on,
  s.quarter,
  s.status,
  s.status_reason,
  s.setting,
  s.specialty,
  s.service_type,
  s.age_band,
  s.payer,
  s.priority,
  s.patient_id,
  s.patient_zip,
  s.scheduled_on,
  s.appointment_on,
  s.completed_on,
  s.report_sent_on,
  s.expires_on,
  s.reconstructed,
  s.direction,
  s.referring_npi,
  s.referring_match,
  coalesce(fp.name, s.referring_text, 'unknown') as referring_name,
  coalesce(s.referring_practice_id, 'unknown') as referring_practice_id,
  s.referring_practice_key,
  coalesce(f.county, 'unknown') as referring_county,
  coalesce(f.territory, case when w.territories = 0 then 'all' else 'unknown' end) as referring_territory,
  coalesce(s.referring_affiliation, 'unknown') as referring_affiliation,
  s.referring_organization_id,
  s.ambiguous_practice,
  s.referred_to_npi,
  s.referred_to_match,
  s.destination_affiliation,
  case
    when s.destination_affiliation in ('own', 'affiliated') then 'inside'
    when s.destination_affiliation = 'unknown' then 'unknown'
    else 'outside'
  end as destination_side,
  s.destination_practice_id,
  coalesce(
    nullif(s.destination_practice_id, 'unknown'), s.roster_organization_id, s.named_organization_id,
    s.referred_to_organization_text,
    s.referred_to_text, 'unknown'
  ) as destination_id,
  coalesce(
    case when nullif(s.destination_practice_id, 'unknown') is not null then t.practice_name end,
    g.name, s.named_organization_name, s.referred_to_organization_text, s.referred_to_text, 'unknown'
  ) as destination_name,
  coalesce(s.roster_organization_id, s.named_organization_id) as destination_organization_id,
  coalesce(s.referring_npi = s.referred_to_npi, false) as same_provider,
  case
    when s.age_band = '0-17' then o.children
    when s.age_band = '18-64' then o.adults
    when s.age_band = '65+' then o.seniors
    else o.children or o.adults or o.seniors
  end as offered
from sided_rows as s
cross join (select count(*) as territories from config_territories) as w
left join (
  select organization_id, max(name) as name from stg_organizations group by organization_id
) as g on g.organization_id = s.roster_organization_id
left join int_practices as f on f.practice_id = s.referring_practice_id
left join int_practices as t on t.practice_id = s.destination_practice_id
left join int_provider_specialties as fp on fp.npi = s.referring_npi
left join int_offered as o on o.specialty = s.specialty and o.on_day = s.referred_on
