-- title: The market by the organization that provides the care
-- grain: organization_id, specialty, quarter
-- inputs: int_rendered_care, int_organization_labels, int_provider_specialties
-- definition: Distinct patients of the last twelve quarters by the organization that rendered the
--   service, us included, by specialty and for all together. Providers of no known organization
--   stand each for themselves, but our own, who stand together as 'own'.
-- checks: patients > 0
with grouped_care as (
  select
    specialty,
    quarter,
    coalesce(organization_id, case when is_us then 'own' end, rendering_npi) as group_id,
    organization_id,
    rendering_npi,
    is_us,
    patient_key,
    patients
  from int_rendered_care
),
every_care as (
  select * from grouped_care
  union all
  select 'all' as specialty, quarter, group_id, organization_id, rendering_npi, is_us, patient_key, patients
  from grouped_care
)
select
  m.group_id as organization_id,
  m.specialty,
  m.quarter,
  max(coalesce(l.organization_name, m.organization_id, case when m.is_us then 'own' end, p.name, m.rendering_npi)) as organization_name,
  bool_or(m.is_us) as is_us,
  count(distinct nullif(m.patient_key, '')) + coalesce(sum(m.patients), 0) as patients
from every_care as m
left join int_organization_labels as l on l.organization_id = m.organization_id
left join int_provider_specialties as p on p.npi = m.rendering_npi
group by m.group_id, m.specialty, m.quarter
