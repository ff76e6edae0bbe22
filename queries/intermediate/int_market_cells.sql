-- title: Claims by the organization that provided the care
-- grain: organization_id, specialty, quarter
-- inputs: stg_claims, int_provider_spells, int_provider_specialties, int_organization_labels, identity_specialties, reference_quarters
-- definition: Distinct patients (claims where no patient is given) of the last twelve quarters by
--   the organization of the provider who rendered the service, at the primary place on the day of
--   service, us included. The specialty is the rendering provider's, else the claim's. Providers of
--   no known organization stand each for themselves, but our own, who stand together as 'own'.
-- checks: patients > 0
with placed_claims as (
  select
    c.claim_id,
    c.service_date,
    c.patient_id,
    q.quarter,
    coalesce(nullif(p.specialty, 'Unknown'), s.specialty, 'Unknown') as specialty,
    c.rendering_npi,
    first_value(e.organization_id order by e.spell_rank) as organization_id,
    coalesce(first_value(e.listed_affiliation order by e.spell_rank) in ('own', 'affiliated'), false) as is_us
  from stg_claims as c
  inner join reference_quarters as q on q.first_on <= c.service_date and q.last_on >= c.service_date
  left join int_provider_specialties as p on p.npi = c.rendering_npi
  left join identity_specialties as s on s.specialty_text = c.specialty_text
  left join int_provider_spells as e
    on e.npi = c.rendering_npi and e.starts_on <= c.service_date and e.ends_on >= c.service_date
  group by
    c.claim_id, c.service_date, c.patient_id, q.quarter,
    coalesce(nullif(p.specialty, 'Unknown'), s.specialty, 'Unknown'), c.rendering_npi
),
grouped_claims as (
  select
    *,
    coalesce(organization_id, case when is_us then 'own' end, rendering_npi) as group_id
  from placed_claims
)
select
  m.group_id as organization_id,
  m.specialty,
  m.quarter,
  max(coalesce(l.organization_name, m.organization_id, case when m.is_us then 'own' end, p.name, m.rendering_npi)) as organization_name,
  bool_or(m.is_us) as is_us,
  count(distinct coalesce(m.patient_id, m.claim_id)) as patients
from grouped_claims as m
left join int_organization_labels as l on l.organization_id = m.organization_id
left join int_provider_specialties as p on p.npi = m.rendering_npi
group by m.group_id, m.specialty, m.quarter
