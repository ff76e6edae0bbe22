-- title: The quarters in which each practice had a contact with us
-- grain: practice_id, quarter
-- inputs: stg_visits, int_provider_days, reference_quarters
-- definition: Of the last ten quarters. A contact with a provider counts for the practice where the
--   provider works on the quarter's last day.
-- checks: contacts > 0
select
  c.practice_id,
  q.quarter,
  count(*) as contacts
from (
  select
    coalesce(nullif(v.practice_id, ''), d.practice_id) as practice_id,
    v.visited_on
  from stg_visits as v
  left join int_provider_days as d on d.npi = v.npi and d.on_day = $as_of_on
) as c
inner join reference_quarters as q
  on q.first_on <= c.visited_on and q.last_on >= c.visited_on and q.age < 10
where c.practice_id is not null
group by c.practice_id, q.quarter
