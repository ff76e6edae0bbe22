-- title: Who rendered care to whom, from claims or shared patients
-- grain: rendering_npi, specialty, quarter, organization_id_key, patient_key
-- inputs: stg_claims, stg_shared_patients, int_provider_spells, int_provider_specialties, identity_specialties, config_overrides_npi, config_overrides_organization, reference_quarters
-- definition: From claims a row a patient (a claim where no patient is given), rendering provider and
--   organization on the day of service at the provider's primary place, in the last twelve
--   quarters. Where there is no claim at all, from shared patients a row a provider whom patients go
--   on to, with their number in each quarter that the file's period holds whole, and in the run's
--   quarter where the period ends in it; of several periods the one that ends last, and of those the
--   one that begins last. Pairs whose file does not say when they end stand for the run's quarter
--   alone, and only where no file says it. Patients of several pairs count for each. The specialty
--   is the provider's, else the claim's.
-- checks: patient_key <> '' or patients > 0
with periods as (
  select
    period_from,
    period_to,
    period_to < date '2999-12-31' as is_dated,
    bool_or(period_to < date '2999-12-31') over () as any_is_dated
  from stg_shared_patients
  where patients > 0
  group by period_from, period_to
),
shown_periods as (
  select
    q.quarter,
    q.last_on,
    p.period_from,
    p.period_to,
    row_number() over (partition by q.quarter order by p.period_to desc, p.period_from desc) as choice
  from periods as p
  inner join reference_quarters as q
    on (p.is_dated and p.period_from <= q.first_on and p.period_to >= q.last_on)
    or (p.is_dated and q.age = 0 and p.period_to >= q.first_on)
    or (not p.any_is_dated and q.age = 0)
),
served as (
  select
    c.rendering_npi,
    c.service_date as on_day,
    q.quarter,
    coalesce(nullif(p.specialty, 'Unknown'), s.specialty, 'Unknown') as specialty,
    coalesce(c.patient_id, c.claim_id) as patient_key,
    cast(null as bigint) as patients
  from stg_claims as c
  inner join reference_quarters as q on q.first_on <= c.service_date and q.last_on >= c.service_date
  left join int_provider_specialties as p on p.npi = c.rendering_npi
  left join identity_specialties as s on s.specialty_text = c.specialty_text
  union all
  select
    t.npi_to as rendering_npi,
    q.last_on as on_day,
    q.quarter,
    coalesce(p.specialty, 'Unknown') as specialty,
    cast(null as varchar) as patient_key,
    sum(t.patients) as patients
  from stg_shared_patients as t
  inner join shown_periods as q
    on q.choice = 1 and q.period_from = t.period_from and q.period_to = t.period_to
  left join int_provider_specialties as p on p.npi = t.npi_to
  cross join (select count(*) as claims from stg_claims) as w
  where w.claims = 0 and t.patients > 0
  group by t.npi_to, q.last_on, q.quarter, coalesce(p.specialty, 'Unknown')
),
placed as (
  select
    v.rendering_npi,
    v.on_day,
    v.quarter,
    v.specialty,
    v.patient_key,
    v.patients,
    first_value(e.organization_id order by e.spell_rank) as organization_id,
    first_value(coalesce(n.affiliation, o.affiliation, e.listed_affiliation) order by e.spell_rank) as affiliation
  from served as v
  left join int_provider_spells as e
    on e.npi = v.rendering_npi and e.starts_on <= v.on_day and e.ends_on >= v.on_day
  left join config_overrides_npi as n
    on n.npi = v.rendering_npi and n.starts_on <= v.on_day and n.ends_on >= v.on_day
  left join config_overrides_organization as o
    on o.organization_id = e.organization_id and o.starts_on <= v.on_day and o.ends_on >= v.on_day
  group by v.rendering_npi, v.on_day, v.quarter, v.specialty, v.patient_key, v.patients
)
select
  rendering_npi,
  specialty,
  quarter,
  coalesce(organization_id, '') as organization_id_key,
  coalesce(patient_key, '') as patient_key,
  organization_id,
  bool_or(coalesce(affiliation in ('own', 'affiliated'), false)) as is_us,
  max(patients) as patients
from placed
group by rendering_npi, specialty, quarter, organization_id, patient_key
