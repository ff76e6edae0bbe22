-- title: Leaked referrals by destination and referrer
-- grain: destination_id, specialty, quarter, referring_npi, referring_practice_id
-- inputs: int_leakage_referrals, int_practices
-- definition: How many leaked referrals each aligned referrer sent to each outside destination,
--   with the points of both practices where they are known.
-- checks: n > 0
with cells as (
  select
    destination_id,
    specialty,
    quarter,
    referring_npi,
    referring_practice_id,
    max(destination_name) as destination_name,
    max(destination_practice_id) as destination_practice_id,
    count(*) as n
  from int_leakage_referrals
  where leakage_class = 'leaked'
  group by destination_id, specialty, quarter, referring_npi, referring_practice_id
)
select
  c.destination_id,
  c.specialty,
  c.quarter,
  c.referring_npi,
  c.referring_practice_id,
  c.destination_name,
  c.n,
  f.lat as from_lat,
  f.lon as from_lon,
  t.lat as to_lat,
  t.lon as to_lon
from cells as c
left join int_practices as f on f.practice_id = c.referring_practice_id
left join int_practices as t on t.practice_id = c.destination_practice_id
