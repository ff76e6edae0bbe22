-- title: Our clinics, and whether and since when they take nobody
-- grain: practice_id, specialty
-- inputs: int_placed_referrals, int_provider_spells, stg_capacity, identity_specialties
-- definition: A clinic is a practice and specialty that counted referrals to us go to. Its providers are
--   those of the specialty at the practice and whoever has received such a referral there.
--   staff_ends_on is the last day of the last of them there, where nobody is left; closed_to_new_from
--   the latest day since which one of those who are left accepts no new patients, where nobody does
--   (1900-01-01 where the roster does not say since when); slots_end_on the end of the last week with
--   a slot, where eight weeks had one and the capacity files go on for 56 days or more without.
--   last_on is the last referral of anybody; gaps and longest_gap_days are of the gaps between days
--   with a referral that ended in the 400 days up to it, n_final the referrals of these 400 days;
--   n_recent are those of the 90 days up to the quarter's end, n_former those of the 365 days before.
-- checks: gaps >= 0; n_final > 0; longest_gap_days > 0 or longest_gap_days is null
with clinic_days as (
  select destination_practice_id as practice_id, specialty, referred_on, count(*) as n
  from int_placed_referrals
  where counts and destination_side = 'inside' and destination_practice_id <> 'unknown'
  group by destination_practice_id, specialty, referred_on
),
day_gaps as (
  select
    practice_id,
    specialty,
    cast(referred_on as int) as day_number,
    n,
    max(cast(referred_on as int)) over (partition by practice_id, specialty) as last_number,
    cast(referred_on as int)
      - cast(lag(referred_on) over (partition by practice_id, specialty order by referred_on) as int) as gap_days
  from clinic_days
),
flows as (
  select
    practice_id,
    specialty,
    max(last_number) as last_number,
    sum(case when day_number > last_number - 400 then n else 0 end) as n_final,
    count(case when day_number > last_number - 400 then gap_days end) as gaps,
    max(case when day_number > last_number - 400 then gap_days end) as longest_gap_days,
    sum(case when day_number > cast($as_of_on as int) - 90 then n else 0 end) as n_recent,
    sum(
      case when day_number between cast($as_of_on as int) - 454 and cast($as_of_on as int) - 90 then n else 0 end
    ) as n_former
  from day_gaps
  group by practice_id, specialty
),
members as (
  select destination_practice_id as practice_id, specialty, referred_to_npi as npi
  from int_placed_referrals
  where counts and destination_side = 'inside' and referred_to_npi is not null
  union
  select practice_id, specialty, npi from int_provider_spells where not coalesce(is_register, false)
),
member_spells as (
  select
    m.practice_id,
    m.specialty,
    s.starts_on,
    least(s.ends_on, coalesce(cast(s.deactivated_on - interval '1 day' as date), s.ends_on)) as ends_on,
    coalesce(s.accepts_new_patients, true) as accepts
  from members as m
  inner join int_provider_spells as s on s.npi = m.npi and s.practice_id = m.practice_id
),
staff as (
  select
    practice_id,
    specialty,
    max(ends_on) as ends_on,
    sum(case when ends_on > $as_of_on and accepts then 1 else 0 end) as accepting,
    max(case when ends_on > $as_of_on then starts_on end) as last_start_on
  from member_spells
  where starts_on <= $as_of_on
  group by practice_id, specialty
),
slots as (
  select
    c.practice_id,
    coalesce(k.specialty, 'Unknown') as specialty,
    max(case when c.slots > 0 then cast(c.week_of as int) end) as last_week,
    count(distinct case when c.slots > 0 then c.week_of end) as weeks
  from stg_capacity as c
  left join identity_specialties as k on k.specialty_text = c.specialty_text
  group by c.practice_id, coalesce(k.specialty, 'Unknown')
)
select
  f.practice_id,
  f.specialty,
  case when t.ends_on <= $as_of_on then t.ends_on end as staff_ends_on,
  case when t.ends_on > $as_of_on and t.accepting = 0 then t.last_start_on end as closed_to_new_from,
  case when w.weeks >= 8 and r.last_week - w.last_week >= 56 then cast(w.last_week + 6 as date) end as slots_end_on,
  cast(f.last_number as date) as last_on,
  f.gaps,
  cast(f.longest_gap_days as bigint) as longest_gap_days,
  f.n_final,
  f.n_recent,
  f.n_former
from flows as f
left join staff as t on t.practice_id = f.practice_id and t.specialty = f.specialty
left join slots as w on w.practice_id = f.practice_id and w.specialty = f.specialty
cross join (select max(cast(week_of as int)) as last_week from stg_capacity) as r
