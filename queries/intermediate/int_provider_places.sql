-- title: Where each provider of a referral worked on its day
-- grain: npi, on_day, practice_id
-- inputs: int_referrals, int_provider_spells, config_overrides_npi, config_overrides_organization
-- definition: For each provider at either end of a referral and each day of one, and for every
--   provider of the roster on the quarter's last day, the places of work of that day. The
--   affiliation is the configuration's override, else what the roster or the organization lists.
--   place_rank orders a provider's places: primary first, then the lowest practice_id; name_rank
--   orders places of one name.
with pairs as (
  select referring_npi as npi, referred_on as on_day from int_referrals where referring_npi is not null
  union
  select referred_to_npi as npi, referred_on as on_day from int_referrals where referred_to_npi is not null
  union
  select npi, $as_of_on as on_day from int_provider_spells
),
candidates as (
  select
    d.npi,
    d.on_day,
    s.practice_id,
    s.practice_name,
    s.organization_id,
    s.organization_name,
    coalesce(n.affiliation, o.affiliation, s.listed_affiliation) as affiliation,
    s.zip,
    s.lat,
    s.lon,
    s.county,
    s.specialty,
    s.stated_fte,
    s.is_primary,
    s.accepts_new_patients,
    s.entity_type,
    s.deactivated_on,
    row_number() over (
      partition by d.npi, d.on_day, s.practice_id
      order by s.starts_on desc, n.priority desc nulls last, o.priority desc nulls last
    ) as choice
  from pairs as d
  inner join int_provider_spells as s
    on s.npi = d.npi and s.starts_on <= d.on_day and s.ends_on >= d.on_day
  left join config_overrides_npi as n
    on n.npi = d.npi and n.starts_on <= d.on_day and n.ends_on >= d.on_day
  left join config_overrides_organization as o
    on o.organization_id = s.organization_id and o.starts_on <= d.on_day and o.ends_on >= d.on_day
)
select
  npi,
  on_day,
  practice_id,
  practice_name,
  lower(trim(practice_name)) as practice_key,
  organization_id,
  organization_name,
  affiliation,
  zip,
  lat,
  lon,
  county,
  specialty,
  stated_fte,
  accepts_new_patients,
  entity_type,
  deactivated_on,
  row_number() over (partition by npi, on_day order by is_primary desc, practice_id) as place_rank,
  row_number() over (
    partition by npi, on_day, lower(trim(practice_name)) order by is_primary desc, practice_id
  ) as name_rank,
  count(*) over (partition by npi, on_day) as places
from candidates
where choice = 1
