-- title: Who began to refer from a referrer's practice when that one stopped
-- grain: referring_npi, successor_key
-- inputs: int_referrer_ends, int_referrer_final_year, int_arrival_ties, int_provider_spells, int_provider_specialties
-- definition: Everyone, with a number or by name alone, whose first referral to us came from a practice
--   that the referrer referred from too, from 30 days before to 120 days after the referrer's last
--   one, and 90 days or more after the referrer's first. n are all of the successor's referrals,
--   n_same_provider those to providers whom the referrer used in the last year, n_same_specialty those
--   in specialties that it used. roster_starts_on is the first day on which a roster has the
--   successor. Whether the two names can be one person's is not told here.
-- checks: n > 0; n_same_provider <= n; n_same_specialty <= n
with newcomers as (
  select referrer_key, max(npi) as npi, max(name) as name, min(first_on) as first_on, sum(n) as n
  from int_arrival_ties
  group by referrer_key
),
places as (
  select referrer_key, place_key from int_arrival_ties where place_key <> 'unknown' group by referrer_key, place_key
),
newcomer_places as (
  select w.referrer_key, w.npi, w.name, w.first_on, w.n, p.place_key
  from newcomers as w
  inner join places as p on p.referrer_key = w.referrer_key
),
old_places as (
  select e.referring_npi, e.first_on, e.last_on, p.place_key
  from int_referrer_ends as e
  inner join places as p on p.referrer_key = e.referring_npi
),
pairs as (
  select
    o.referring_npi,
    w.referrer_key,
    max(w.npi) as npi,
    max(w.name) as name,
    max(w.first_on) as first_on,
    max(w.n) as n
  from old_places as o
  inner join newcomer_places as w
    on w.place_key = o.place_key
    and w.referrer_key <> o.referring_npi
    and cast(w.first_on as int) between cast(o.last_on as int) - 30 and cast(o.last_on as int) + 120
    and cast(w.first_on as int) >= cast(o.first_on as int) + 90
  group by o.referring_npi, w.referrer_key
),
old_providers as (
  select referring_npi, referred_to_npi
  from int_referrer_final_year
  where referred_to_npi <> 'unknown'
  group by referring_npi, referred_to_npi
),
old_specialties as (
  select referring_npi, specialty from int_referrer_final_year group by referring_npi, specialty
),
overlaps as (
  select
    p.referring_npi,
    p.referrer_key,
    sum(case when u.referring_npi is not null then t.n else 0 end) as n_same_provider,
    sum(case when v.referring_npi is not null then t.n else 0 end) as n_same_specialty
  from pairs as p
  inner join int_arrival_ties as t on t.referrer_key = p.referrer_key
  left join old_providers as u on u.referring_npi = p.referring_npi and u.referred_to_npi = t.referred_to_npi
  left join old_specialties as v on v.referring_npi = p.referring_npi and v.specialty = t.specialty
  group by p.referring_npi, p.referrer_key
),
roster_starts as (
  select npi, min(starts_on) as starts_on
  from int_provider_spells
  where not coalesce(is_register, false)
  group by npi
)
select
  p.referring_npi,
  p.referrer_key as successor_key,
  p.npi as successor_npi,
  coalesce(k.name, p.name) as successor_name,
  coalesce(k.specialty, 'Unknown') as successor_specialty,
  p.first_on,
  p.n,
  o.n_same_provider,
  o.n_same_specialty,
  s.starts_on as roster_starts_on
from pairs as p
inner join overlaps as o on o.referring_npi = p.referring_npi and o.referrer_key = p.referrer_key
left join int_provider_specialties as k on k.npi = p.npi
left join roster_starts as s on s.npi = p.npi
