-- title: The quarters in which each practice had a contact with us
-- grain: practice_id, quarter
-- inputs: int_contacts, reference_quarters
-- definition: Of the last ten quarters.
-- checks: contacts > 0
select
  c.practice_id,
  q.quarter,
  count(*) as contacts
from int_contacts as c
inner join reference_quarters as q
  on q.first_on <= c.visited_on and q.last_on >= c.visited_on and q.age < 10
group by c.practice_id, q.quarter
