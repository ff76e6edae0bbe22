-- title: Aligned referrers' referrals and what leakage makes of each
-- grain: source, referral_id
-- inputs: int_placed_referrals, int_unobserved_organizations, config_aligned, config_excluded, config_service_types, reference_reasons, reference_quarters
-- definition: Counted consults and procedures (or the configured kinds of service, never post-acute
--   care) of the last twelve quarters by aligned referrers. Each is one of same_provider,
--   unknown_destination, not_offered, leaked (eligible and directed outside) or kept (eligible and
--   directed inside), the first that fits.
-- checks: leakage_class in ('same_provider', 'unknown_destination', 'not_offered', 'leaked', 'kept')
select
  p.source,
  p.referral_id,
  p.quarter,
  p.specialty,
  p.referring_npi,
  p.referring_name,
  p.referring_practice_id,
  p.destination_id,
  p.destination_name,
  p.destination_practice_id,
  p.destination_affiliation,
  p.destination_side,
  case
    when p.same_provider then 'same_provider'
    when p.destination_side = 'unknown' then 'unknown_destination'
    when not coalesce(p.offered, false) then 'not_offered'
    when p.destination_side = 'outside' then 'leaked'
    else 'kept'
  end as leakage_class,
  coalesce(r.addressable, true) as addressable
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter
inner join config_aligned as a on a.affiliation = p.referring_affiliation
inner join config_service_types as t on t.service_type = p.service_type
left join config_excluded as x on x.organization_id = p.referring_organization_id
left join int_unobserved_organizations as u on u.organization_id = p.referring_organization_id
left join reference_reasons as r on r.reason = p.status_reason
where
  p.counts
  and p.service_type <> 'post_acute'
  and x.organization_id is null
  and u.organization_id is null
