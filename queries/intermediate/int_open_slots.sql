-- title: New-patient slots that nobody took, by site, specialty and week
-- grain: practice_id, specialty, week_on
-- inputs: stg_capacity, identity_specialties, int_placed_referrals, reference_quarters
-- definition: Of the last eight quarters and the whole week in which they begin, the slots that a site offered in the week that begins on
--   Monday week_on, less the visits that counted referrals had or were to have there in that week
--   (booked, seen or missed). More visits than slots leave none open.
-- checks: open >= 0; open <= slots
with offered as (
  select
    c.practice_id,
    coalesce(s.specialty, 'Unknown') as specialty,
    cast(date_trunc('week', c.week_of) as date) as week_on,
    sum(c.slots) as slots
  from stg_capacity as c
  cross join (select min(first_on) as first_on, max(last_on) as last_on from reference_quarters where age < 8) as b
  left join identity_specialties as s on s.specialty_text = c.specialty_text
  where
    c.week_of <= b.last_on
    and date_trunc('week', c.week_of) >= date_trunc('week', b.first_on)
  group by 1, 2, 3
),
visits as (
  select
    destination_practice_id as practice_id,
    specialty,
    cast(date_trunc('week', coalesce(appointment_on, completed_on)) as date) as week_on,
    count(*) as taken
  from int_placed_referrals
  where
    counts
    and destination_side = 'inside'
    and status in ('scheduled', 'completed', 'no_show')
    and coalesce(appointment_on, completed_on) is not null
  group by 1, 2, 3
)
select
  o.practice_id,
  o.specialty,
  o.week_on,
  o.slots,
  coalesce(v.taken, 0) as taken,
  greatest(o.slots - coalesce(v.taken, 0), 0) as open
from offered as o
left join visits as v
  on v.practice_id = o.practice_id and v.specialty = o.specialty and v.week_on = o.week_on
