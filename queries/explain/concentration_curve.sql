-- title: The largest referrers, so many as the row says, with what each sent in four quarters, and all others together
-- key: specialty, referrers
-- adds: none
-- gives: referrers = distinct referring_npi; cumulative_share = of_the_largest / n
-- inputs: int_dependence_cells
with senders as (
  select referring_npi, sum(n) as n
  from int_dependence_cells
  where $specialty = 'all' or specialty = $specialty
  group by referring_npi
),
placed as (
  select cast(row_number() over (order by n desc, referring_npi) as bigint) as place, referring_npi, n
  from senders
)
select place, referring_npi, n, n as of_the_largest
from placed
where place <= cast($referrers as bigint)
union all
select cast(null as bigint) as place, cast(null as varchar) as referring_npi, sum(n) as n, 0 as of_the_largest
from placed
where place > cast($referrers as bigint)
having count(*) > 0
order by place
