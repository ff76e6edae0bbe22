-- title: New-patient slots by site, specialty and quarter
-- grain: practice_id, specialty, quarter
-- inputs: stg_capacity, identity_specialties, reference_quarters
-- definition: The sum of the slots of the weeks that begin in the quarter, and how many weeks.
-- checks: weeks > 0
with named_weeks as (
  select
    c.practice_id,
    coalesce(s.specialty, 'Unknown') as specialty,
    c.week_of,
    sum(c.slots) as slots
  from stg_capacity as c
  left join identity_specialties as s on s.specialty_text = c.specialty_text
  group by c.practice_id, coalesce(s.specialty, 'Unknown'), c.week_of
)
select w.practice_id, w.specialty, q.quarter, sum(w.slots) as slots, count(*) as weeks
from named_weeks as w
inner join reference_quarters as q on q.first_on <= w.week_of and q.last_on >= w.week_of
group by w.practice_id, w.specialty, q.quarter
