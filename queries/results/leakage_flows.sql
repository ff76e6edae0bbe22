-- title: Which practice sends what where outside
-- grain: practice_id, specialty, destination_id
-- inputs: int_leakage_referrals, int_practices
-- definition: Leaked referrals of the run's quarter by referring practice, specialty and destination.
--   The row 'all' counts every specialty. providers is the number of the practice's aligned referrers in the quarter: flows of a practice
--   with fewer than three, or of no known practice, are those of a single referrer.
-- checks: n > 0; providers > 0
with senders as (
  select referring_practice_id, count(distinct coalesce(referring_npi, referring_name)) as providers
  from int_leakage_referrals
  where age = 0
  group by referring_practice_id
),
leaked_rows as (
  select referring_practice_id, specialty, destination_id, destination_name
  from int_leakage_referrals
  where leakage_class = 'leaked' and age = 0
  union all
  select referring_practice_id, 'all' as specialty, destination_id, destination_name
  from int_leakage_referrals
  where leakage_class = 'leaked' and age = 0
),
flows as (
  select
    referring_practice_id,
    specialty,
    destination_id,
    max(destination_name) as destination_name,
    count(*) as n
  from leaked_rows
  group by referring_practice_id, specialty, destination_id
)
select
  f.referring_practice_id as practice_id,
  f.specialty,
  f.destination_id,
  coalesce(p.practice_name, 'unknown') as practice_name,
  coalesce(p.county, 'unknown') as county,
  coalesce(p.territory, 'unknown') as territory,
  f.destination_name,
  f.n,
  case when f.referring_practice_id = 'unknown' then 1 else s.providers end as providers
from flows as f
inner join senders as s on s.referring_practice_id = f.referring_practice_id
left join int_practices as p on p.practice_id = f.referring_practice_id
order by f.referring_practice_id, f.specialty, f.destination_id
