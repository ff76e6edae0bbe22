-- title: Where our specialists see patients, now and two quarters before
-- grain: as_of, specialty, practice_id
-- inputs: int_prospect_providers, int_provider_spells, int_practices, reference_quarters
-- definition: Every place of work on that day, not the first alone, of those whom
--   int_prospect_providers calls ours; places that no id tells apart are left out.
-- checks: practice_id <> 'unknown'
with days as (
  select 'now' as as_of, last_on as on_day from reference_quarters where age = 0
  union all
  select 'before' as as_of, last_on as on_day from reference_quarters where age = 2
)
select distinct
  p.as_of,
  p.specialty,
  s.practice_id,
  r.lat,
  r.lon
from int_prospect_providers as p
inner join days as d on d.as_of = p.as_of
inner join int_provider_spells as s
  on s.npi = p.npi and s.starts_on <= d.on_day and s.ends_on >= d.on_day
inner join int_practices as r on r.practice_id = s.practice_id
where p.is_ours and s.practice_id <> 'unknown'
