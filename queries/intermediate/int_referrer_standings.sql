-- title: Where each referrer worked around the last referral, and where now
-- grain: referring_npi, moment, practice_id
-- inputs: int_referrer_ends, int_provider_spells, config_overrides_npi, config_overrides_organization
-- definition: The roster's places of work on four days: 365 days before the last referral
--   (year_before), on the day of it (last), 180 days after it or on the quarter's last day where that
--   comes first (after), and on the quarter's last day (now). The affiliation is the configuration's
--   override, else what the roster or the organization lists. place_rank orders the places of a day,
--   the primary one first.
-- checks: moment in ('year_before', 'last', 'after', 'now')
with moments as (
  select
    e.referring_npi,
    m.moment,
    cast(least(cast(e.last_on as int) + m.days, cast($as_of_on as int)) as date) as on_day
  from int_referrer_ends as e
  cross join (
    select 'year_before' as moment, -365 as days
    union all
    select 'last' as moment, 0 as days
    union all
    select 'after' as moment, 180 as days
  ) as m
  union all
  select referring_npi, 'now' as moment, $as_of_on as on_day
  from int_referrer_ends
),
places as (
  select
    m.referring_npi,
    m.moment,
    s.practice_id,
    s.practice_key,
    s.practice_name,
    s.organization_id,
    s.organization_name,
    coalesce(n.affiliation, o.affiliation, s.listed_affiliation) as affiliation,
    s.starts_on,
    s.lat,
    s.lon,
    s.spell_rank,
    row_number() over (partition by m.referring_npi, m.moment, s.practice_id order by s.spell_rank) as choice
  from moments as m
  inner join int_provider_spells as s
    on s.npi = m.referring_npi and s.starts_on <= m.on_day and s.ends_on >= m.on_day
  left join config_overrides_npi as n
    on n.npi = s.npi and n.starts_on <= m.on_day and n.ends_on >= m.on_day
  left join config_overrides_organization as o
    on o.organization_id = s.organization_id and o.starts_on <= m.on_day and o.ends_on >= m.on_day
)
select
  referring_npi,
  moment,
  practice_id,
  coalesce(practice_key, practice_id) as practice_key,
  practice_name,
  organization_id,
  organization_name,
  affiliation,
  starts_on,
  lat,
  lon,
  spell_rank as place_rank
from places
where choice = 1
