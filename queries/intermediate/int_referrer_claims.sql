-- title: Claims in which a referrer outside our own refers or renders
-- grain: referring_npi, rendering_npi, service_date, patient_key
-- inputs: stg_claims, int_referrer_ends, int_provider_spells, int_provider_specialties, identity_specialties, config_overrides_npi, config_overrides_organization
-- definition: From the 365 days before the referrer's last referral to us on. A row a patient (a claim
--   where no patient is given), rendering provider and day; is_own_care where the referrer is the one
--   who renders. Organization, practice and is_inside are the rendering provider's primary place of
--   that day; who is in no list is not inside. The specialty is the provider's, else the claim's.
with theirs as (
  select e.referring_npi, c.rendering_npi, c.service_date, coalesce(c.patient_id, c.claim_id) as patient_key, c.specialty_text
  from stg_claims as c
  inner join int_referrer_ends as e on e.referring_npi = c.referring_npi and c.service_date >= e.year_from
  union all
  select e.referring_npi, c.rendering_npi, c.service_date, coalesce(c.patient_id, c.claim_id) as patient_key, c.specialty_text
  from stg_claims as c
  inner join int_referrer_ends as e on e.referring_npi = c.rendering_npi and c.service_date >= e.year_from
),
visits as (
  select referring_npi, rendering_npi, service_date, patient_key, min(specialty_text) as specialty_text
  from theirs
  group by referring_npi, rendering_npi, service_date, patient_key
),
placed_visits as (
  select
    v.referring_npi,
    v.rendering_npi,
    v.service_date,
    v.patient_key,
    v.specialty_text,
    first_value(s.practice_id order by s.spell_rank) as practice_id,
    first_value(s.organization_id order by s.spell_rank) as organization_id,
    first_value(coalesce(n.affiliation, o.affiliation, s.listed_affiliation) order by s.spell_rank) as affiliation
  from visits as v
  left join int_provider_spells as s
    on s.npi = v.rendering_npi and s.starts_on <= v.service_date and s.ends_on >= v.service_date
  left join config_overrides_npi as n
    on n.npi = v.rendering_npi and n.starts_on <= v.service_date and n.ends_on >= v.service_date
  left join config_overrides_organization as o
    on o.organization_id = s.organization_id and o.starts_on <= v.service_date and o.ends_on >= v.service_date
  group by v.referring_npi, v.rendering_npi, v.service_date, v.patient_key, v.specialty_text
)
select
  v.referring_npi,
  v.rendering_npi,
  v.service_date,
  v.patient_key,
  v.rendering_npi = v.referring_npi as is_own_care,
  coalesce(v.affiliation in ('own', 'affiliated'), false) as is_inside,
  coalesce(nullif(p.specialty, 'Unknown'), s.specialty, 'Unknown') as specialty,
  nullif(v.practice_id, 'unknown') as practice_id,
  v.organization_id
from placed_visits as v
left join int_provider_specialties as p on p.npi = v.rendering_npi
left join identity_specialties as s on s.specialty_text = v.specialty_text
