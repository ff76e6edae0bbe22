-- title: One row a provider and day
-- grain: npi, on_day
-- inputs: int_referrals, int_provider_spells, config_overrides_npi, config_overrides_organization
-- definition: For each provider at either end of a referral and each day of one, and for every
--   provider of the roster on the quarter's last day, the only place of work of that day, else the
--   primary one, else the one with the lowest practice_id; places says how many there were. The
--   affiliation is the configuration's override, else what the roster or the organization lists.
--   No join on this mart raises a row count.
-- checks: places > 0
with pairs as (
  select referring_npi as npi, referred_on as on_day from int_referrals where referring_npi is not null
  union
  select referred_to_npi as npi, referred_on as on_day from int_referrals where referred_to_npi is not null
  union
  select npi, $as_of_on as on_day from int_provider_spells
),
first_places as (
  select d.npi, d.on_day, min(s.spell_rank) as spell_rank, count(*) as places
  from pairs as d
  inner join int_provider_spells as s
    on s.npi = d.npi and s.starts_on <= d.on_day and s.ends_on >= d.on_day
  group by d.npi, d.on_day
)
select
  f.npi,
  f.on_day,
  s.practice_id,
  s.organization_id,
  coalesce(n.affiliation, o.affiliation, s.listed_affiliation) as affiliation,
  s.is_register,
  f.places
from first_places as f
inner join int_provider_spells as s on s.npi = f.npi and s.spell_rank = f.spell_rank
left join config_overrides_npi as n
  on n.npi = f.npi and n.starts_on <= f.on_day and n.ends_on >= f.on_day
left join config_overrides_organization as o
  on o.organization_id = s.organization_id and o.starts_on <= f.on_day and o.ends_on >= f.on_day
