-- title: Each practice's name, place and territory
-- grain: practice_id
-- inputs: int_provider_spells, config_territories
-- definition: Taken from the latest period of the roster. The territory is the one that
--   holds the practice's ZIP code, else its county, else the service area where its ZIP code is in it;
--   'all' where none is configured, else 'unknown'. Places
--   that no id tells apart are one practice, 'unknown', of which nothing is known.
with ranked_rows as (
  select
    *,
    row_number() over (partition by practice_id order by ends_on desc, starts_on desc, npi) as choice
  from int_provider_spells
  where practice_id <> 'unknown'
),
by_zip as (
  select place as zip, min(territory) as territory from config_territories where kind = 'zip' group by place
),
by_county as (
  select place as county_key, min(territory) as territory from config_territories where kind = 'county' group by place
),
by_area as (
  select place as zip, min(territory) as territory from config_territories where kind = 'area' group by place
),
whole as (
  select count(*) as territories from config_territories
)
select
  r.practice_id,
  r.practice_name,
  r.organization_id,
  coalesce(r.organization_name, r.organization_id, 'unknown') as organization_name,
  r.zip,
  r.lat,
  r.lon,
  r.county,
  case
    when w.territories = 0 then 'all'
    else coalesce(z.territory, c.territory, a.territory, 'unknown')
  end as territory
from ranked_rows as r
cross join whole as w
left join by_zip as z on z.zip = r.zip
left join by_county as c on c.county_key = lower(trim(r.county))
left join by_area as a on a.zip = r.zip
where r.choice = 1
union all
select
  'unknown' as practice_id,
  'unknown' as practice_name,
  null as organization_id,
  'unknown' as organization_name,
  null as zip,
  null as lat,
  null as lon,
  'unknown' as county,
  case when territories = 0 then 'all' else 'unknown' end as territory
from whole
