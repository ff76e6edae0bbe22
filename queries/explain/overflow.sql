-- title: Referrals to the site that came in the quarter or waited at its end, and the site's slots
-- key: practice_id, specialty, quarter
-- adds: weekly_demand, weekly_slots, backlog
-- gives: utilisation = weekly_demand / weekly_slots; backlog_weeks = backlog / weekly_slots
-- inputs: int_inside_referrals, overflow, reference_quarters
with site_referrals as (
  select
    r.source,
    r.referral_id,
    r.referred_on,
    r.specialty,
    r.outcome,
    r.closed_on,
    r.quarter = $quarter as came,
    r.referred_on <= q.last_on
      and cast(r.referred_on as int) > cast(q.last_on as int) - 180
      and (r.outcome = 'open' or coalesce(q.age > 0 and r.closed_on > q.last_on, false)) as waited
  from int_inside_referrals as r
  inner join reference_quarters as q on q.quarter = $quarter
  where r.practice_id = $practice_id and ($specialty = 'all' or r.specialty = $specialty)
),
-- The weeks of the site are those of the specialty that has most of them.
site_slots as (
  select specialty, slots, max(weeks) over () as weeks
  from overflow
  where
    practice_id = $practice_id
    and ($specialty = 'all' or specialty = $specialty)
    and quarter = $quarter
)
select
  source,
  referral_id,
  referred_on,
  specialty,
  outcome,
  closed_on,
  cast(null as bigint) as slots,
  case when came then $visits_per_referral / 13.0 else 0.0 end as weekly_demand,
  cast(null as double) as weekly_slots,
  case when waited then 1 else 0 end as backlog
from site_referrals
where came or waited
union all
select
  cast(null as varchar) as source,
  cast(null as varchar) as referral_id,
  cast(null as date) as referred_on,
  specialty,
  cast(null as varchar) as outcome,
  cast(null as date) as closed_on,
  slots,
  0.0 as weekly_demand,
  cast(slots as double) / weeks as weekly_slots,
  0 as backlog
from site_slots
order by source, referral_id, specialty
