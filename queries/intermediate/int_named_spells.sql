-- title: A provider's place of work by the name of the practice
-- grain: npi, named_key, starts_on
-- inputs: int_provider_spells, stg_practice_names, identity_practices
-- definition: The spell that is meant where a referral names one of its provider's practices on a day
--   of it: by the name of that time, else by one that the practice had at another time, since exports
--   keep old names. Of two practices of one provider, time and name the one whose name of that time it
--   is has it, then the one with the lower id.
-- checks: starts_on <= ends_on
with names as (
  select distinct
    n.practice_id,
    coalesce(k.practice_key, lower(trim(n.practice_name))) as practice_key
  from stg_practice_names as n
  left join identity_practices as k on k.practice_text = n.practice_name
),
called as (
  select s.npi, s.practice_id, s.starts_on, s.ends_on, s.practice_key as named_key, 1 as distance
  from int_provider_spells as s
  where s.practice_key is not null
  union all
  select s.npi, s.practice_id, s.starts_on, s.ends_on, n.practice_key as named_key, 2 as distance
  from int_provider_spells as s
  inner join names as n on n.practice_id = s.practice_id
  where s.practice_key is null or n.practice_key <> s.practice_key
),
-- Spells beside which the same provider works at a namesake that goes before.
shadowed as (
  select distinct a.npi, a.practice_id, a.starts_on, a.named_key
  from called as a
  inner join called as b
    on b.npi = a.npi
    and b.named_key = a.named_key
    and b.practice_id <> a.practice_id
    and b.starts_on <= a.ends_on
    and b.ends_on >= a.starts_on
  where b.distance < a.distance or (b.distance = a.distance and b.practice_id < a.practice_id)
)
select
  c.npi,
  c.named_key,
  c.starts_on,
  c.ends_on,
  c.practice_id,
  s.organization_id,
  s.listed_affiliation
from called as c
inner join int_provider_spells as s
  on s.npi = c.npi and s.practice_id = c.practice_id and s.starts_on = c.starts_on
left join shadowed as h
  on h.npi = c.npi and h.practice_id = c.practice_id and h.starts_on = c.starts_on and h.named_key = c.named_key
where h.npi is null
