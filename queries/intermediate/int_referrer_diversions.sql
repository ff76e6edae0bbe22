-- title: Where referrers send outside since their last referral to us
-- grain: referring_npi, evidence, destination_id
-- inputs: int_placed_referrals, int_referrer_ends, int_referrer_final_year, int_referrer_claims, int_shared_ties, int_provider_specialties, int_provider_days, int_organization_labels, int_practices
-- definition: In the specialties that the referrer sent us in the year before the silence, to whom is
--   outside. order: counted referrals in our exports after the last one to us. claim: patients (claims
--   where none is given) whom a claim of more than 30 days after it says they referred. shared: the
--   patients of pairs of the latest shared-patient period, where it begins after it. destination_id is
--   the organization, else the practice, else the provider or its name. Nobody sends to himself.
-- checks: n > 0; evidence in ('order', 'claim', 'shared')
with sent_specialties as (
  select referring_npi, specialty
  from int_referrer_final_year
  where specialty <> 'Unknown'
  group by referring_npi, specialty
),
sendings as (
  select
    p.referring_npi,
    'order' as evidence,
    p.destination_organization_id as organization_id,
    nullif(p.destination_practice_id, 'unknown') as practice_id,
    coalesce(p.referred_to_npi, p.destination_name) as provider,
    concat(p.source, ' ', p.referral_id) as unit,
    1 as patients
  from int_placed_referrals as p
  inner join int_referrer_ends as e on e.referring_npi = p.referring_npi and p.referred_on > e.last_on
  inner join sent_specialties as s on s.referring_npi = p.referring_npi and s.specialty = p.specialty
  where p.counts and p.destination_side = 'outside' and not p.same_provider
  union all
  select
    c.referring_npi,
    'claim' as evidence,
    c.organization_id,
    c.practice_id,
    c.rendering_npi as provider,
    c.patient_key as unit,
    1 as patients
  from int_referrer_claims as c
  inner join int_referrer_ends as e
    on e.referring_npi = c.referring_npi and cast(c.service_date as int) > cast(e.last_on as int) + 30
  inner join sent_specialties as s on s.referring_npi = c.referring_npi and s.specialty = c.specialty
  where not c.is_inside and not c.is_own_care
  union all
  select
    t.npi_from as referring_npi,
    'shared' as evidence,
    d.organization_id,
    nullif(d.practice_id, 'unknown') as practice_id,
    t.npi_to as provider,
    t.npi_to as unit,
    t.patients
  from int_shared_ties as t
  inner join int_referrer_ends as e on e.referring_npi = t.npi_from and t.period_from > e.last_on
  inner join int_provider_specialties as k on k.npi = t.npi_to
  inner join sent_specialties as s on s.referring_npi = t.npi_from and s.specialty = k.specialty
  left join int_provider_days as d on d.npi = t.npi_to and d.on_day = $as_of_on
  where coalesce(d.affiliation, 'outside') not in ('own', 'affiliated')
),
units as (
  select
    referring_npi,
    evidence,
    coalesce(organization_id, practice_id, provider, 'unknown') as destination_id,
    max(organization_id) as organization_id,
    max(practice_id) as practice_id,
    max(provider) as provider,
    unit,
    max(patients) as patients
  from sendings
  group by referring_npi, evidence, coalesce(organization_id, practice_id, provider, 'unknown'), unit
)
select
  u.referring_npi,
  u.evidence,
  u.destination_id,
  max(coalesce(g.organization_name, u.organization_id, f.practice_name, k.name, u.provider, 'unknown')) as destination_name,
  sum(u.patients) as n
from units as u
left join int_organization_labels as g on g.organization_id = u.organization_id
left join int_practices as f on f.practice_id = u.practice_id
left join int_provider_specialties as k on k.npi = u.provider
group by u.referring_npi, u.evidence, u.destination_id
