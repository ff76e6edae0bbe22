-- title: The last contact with each practice
-- grain: practice_id
-- inputs: int_contacts
-- definition: Of all contacts up to the quarter's last day.
select practice_id, max(visited_on) as last_visit_on
from int_contacts
group by practice_id
