-- title: Who began in the quarter, and whether they referred so many quarters later
-- key: first_quarter, quarters_since
-- adds: n, active
-- gives: share = active / n
-- inputs: int_referrer_days
with days as (
  select
    referring_npi,
    cast(extract(year from referred_on) as bigint) * 4
    + cast(extract(quarter from referred_on) as bigint) - 1 as quarter_index,
    n
  from int_referrer_days
),
beginnings as (
  select referring_npi, min(quarter_index) as first_index from days group by referring_npi
),
later as (
  select b.referring_npi, sum(d.n) as referrals
  from beginnings as b
  inner join days as d
    on d.referring_npi = b.referring_npi and d.quarter_index = b.first_index + cast($quarters_since as bigint)
  group by b.referring_npi
)
select
  b.referring_npi,
  1 as n,
  case when l.referrals > 0 then 1 else 0 end as active
from beginnings as b
left join later as l on l.referring_npi = b.referring_npi
where
  b.first_index
  = cast(substr($first_quarter, 1, 4) as bigint) * 4 + cast(substr($first_quarter, 6, 1) as bigint) - 1
order by b.referring_npi
