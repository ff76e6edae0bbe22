-- title: Kept referrals that went on outside
-- grain: specialty, quarter, referring_npi
-- inputs: int_leakage_referrals, int_placed_referrals, stg_claims, int_provider_spells, config_overrides_npi, config_overrides_organization, reference_quarters
-- definition: Of the aligned referrals that one of our providers completed, with a known patient and in
--   quarters that ended 90 days ago or more: ordered_outside where that provider, within 90 days of the
--   order, directed the same patient outside for something that we offer; operated_outside where a
--   claim of those days has that provider as the one who rendered the service and an organization
--   outside as the one who billed it, or as the one who referred to somebody outside.
-- checks: went_outside <= n; ordered_outside <= went_outside; operated_outside <= went_outside
with completed as (
  select r.source, r.referral_id, r.specialty, r.quarter, r.referring_npi, r.referred_on, r.patient_id, p.referred_to_npi
  from int_leakage_referrals as r
  inner join int_placed_referrals as p on p.source = r.source and p.referral_id = r.referral_id
  inner join reference_quarters as q on q.quarter = r.quarter
  where
    r.ledger_class = 'kept_completed'
    and r.patient_id is not null
    and p.referred_to_npi is not null
    and cast($as_of_on as int) - cast(q.last_on as int) >= 90
),
onward as (
  select distinct c.source, c.referral_id
  from completed as c
  inner join int_placed_referrals as n
    on n.patient_id = c.patient_id and n.referring_npi = c.referred_to_npi
  where
    n.counts
    and n.destination_side = 'outside'
    and coalesce(n.offered, false)
    and n.service_type <> 'post_acute'
    and n.referred_on >= c.referred_on
    and cast(n.referred_on as int) - cast(c.referred_on as int) <= 90
),
-- The others whom a claim names beside our provider, and whether any of their places is ours that day.
others as (
  select
    c.source,
    c.referral_id,
    m.claim_id,
    bool_or(coalesce(coalesce(n.affiliation, o.affiliation, s.listed_affiliation) in ('own', 'affiliated'), false)) as is_inside
  from completed as c
  inner join stg_claims as m on m.patient_id = c.patient_id
  inner join int_provider_spells as s
    on s.npi = case when m.rendering_npi = c.referred_to_npi then m.billing_npi else m.rendering_npi end
    and s.starts_on <= m.service_date and s.ends_on >= m.service_date
  left join config_overrides_npi as n
    on n.npi = s.npi and n.starts_on <= m.service_date and n.ends_on >= m.service_date
  left join config_overrides_organization as o
    on o.organization_id = s.organization_id and o.starts_on <= m.service_date and o.ends_on >= m.service_date
  where
    (m.rendering_npi = c.referred_to_npi or m.referring_npi = c.referred_to_npi)
    -- A register knows nobody's affiliation.
    and (not s.is_register or coalesce(n.affiliation, o.affiliation, s.listed_affiliation) is not null)
    and m.service_date >= c.referred_on
    and cast(m.service_date as int) - cast(c.referred_on as int) <= 90
  group by c.source, c.referral_id, m.claim_id, s.npi
),
billed as (
  select distinct source, referral_id from others where not is_inside
)
select
  c.specialty,
  c.quarter,
  c.referring_npi,
  count(*) as n,
  sum(case when o.referral_id is not null then 1 else 0 end) as ordered_outside,
  sum(case when b.referral_id is not null then 1 else 0 end) as operated_outside,
  sum(case when o.referral_id is not null or b.referral_id is not null then 1 else 0 end) as went_outside
from completed as c
left join onward as o on o.source = c.source and o.referral_id = c.referral_id
left join billed as b on b.source = c.source and b.referral_id = c.referral_id
group by c.specialty, c.quarter, c.referring_npi
