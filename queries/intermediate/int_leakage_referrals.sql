-- title: Aligned referrers' referrals and what leakage makes of each
-- grain: source, referral_id
-- inputs: int_placed_referrals, int_onward_orders, int_counties, int_unobserved_organizations, config_aligned, config_excluded, config_service_types, reference_reasons, reference_quarters
-- definition: Counted consults and procedures (or the configured kinds of service, never post-acute
--   care) of the last twelve quarters by aligned referrers. leakage_class is one of same_provider,
--   unknown_destination, not_offered, leaked (eligible and directed outside) or kept (eligible and
--   directed inside), the first that fits; ledger_class says of the leaked and kept what became of
--   them. ended_in says where the care took place as far as it is known 90 days after the quarter: a
--   leaked order that did not come to nothing ended outside. It is empty for younger quarters.
-- checks: leakage_class in ('same_provider', 'unknown_destination', 'not_offered', 'leaked', 'kept'); ended_in is null or ended_in in ('inside', 'outside')
with classed_rows as (
  select
    p.*,
    coalesce(c.county, 'unknown') as patient_county,
    q.age,
    cast(q.last_on as int) as quarter_ends,
    o.onward_on,
    -- Why an order was called off says nothing of why it was sent where it was.
    case when p.status in ('cancelled', 'no_show') then 'unknown' else coalesce(p.status_reason, 'unknown') end as reason,
    coalesce(r.addressable, true) as addressable,
    case
      when p.same_provider then 'same_provider'
      when p.destination_side = 'unknown' then 'unknown_destination'
      when not coalesce(p.offered, false) then 'not_offered'
      when p.destination_side = 'outside' then 'leaked'
      else 'kept'
    end as leakage_class
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter
  inner join config_aligned as a on a.affiliation = p.referring_affiliation
  inner join config_service_types as t on t.service_type = p.service_type
  left join config_excluded as x on x.organization_id = p.referring_organization_id
  left join int_unobserved_organizations as u on u.organization_id = p.referring_organization_id
  left join int_onward_orders as o on o.source = p.source and o.episode_id = p.episode_id
  left join int_counties as c on c.zip = p.patient_zip
  left join reference_reasons as r on r.reason = p.status_reason and p.status not in ('cancelled', 'no_show')
  where
    p.counts
    and p.service_type <> 'post_acute'
    and x.organization_id is null
    and u.organization_id is null
)
select
  source,
  referral_id,
  quarter,
  age,
  referred_on,
  specialty,
  referring_npi,
  referring_name,
  referring_practice_id,
  referring_county,
  referring_territory,
  referring_affiliation,
  patient_id,
  patient_county,
  patient_zip,
  age_band,
  payer,
  priority,
  status,
  reason,
  destination_id,
  destination_name,
  destination_practice_id,
  destination_organization_id,
  destination_affiliation,
  destination_side,
  leakage_class,
  case
    when leakage_class = 'leaked' then 'left_directed'
    when leakage_class <> 'kept' then leakage_class
    when onward_on is not null then 'left_redirected'
    when status = 'declined' then 'declined_by_us'
    when status in ('cancelled', 'expired', 'no_show', 'redirected') then 'kept_not_done'
    when status = 'completed' then 'kept_completed'
    else 'kept_pending'
  end as ledger_class,
  addressable,
  case
    when cast($as_of_on as int) - quarter_ends < 90 then null
    when leakage_class = 'leaked' and status in ('cancelled', 'declined', 'expired', 'no_show') then null
    when leakage_class = 'leaked' then 'outside'
    when leakage_class <> 'kept' then null
    when cast(onward_on as int) - quarter_ends <= 90 then 'outside'
    when status = 'completed' and coalesce(cast(coalesce(completed_on, appointment_on) as int) - quarter_ends <= 90, true)
      then 'inside'
  end as ended_in
from classed_rows
