-- title: Who refers to whom of us and from where, those without a number by their name
-- grain: referrer_key, place_key, referred_to_npi, specialty
-- inputs: int_placed_referrals, int_provider_spells
-- definition: Counted inbound referrals from office and telehealth. referrer_key is the NPI, else the
--   name in upper case with the place, as one name may mean several people. place_key is the
--   practice's name without case, legal form and small words: the roster's for the practice that the
--   referral is placed at, else the one that the referral names. What is not given is 'unknown'.
-- checks: n > 0
with practice_keys as (
  select practice_id, coalesce(min(practice_key), practice_id) as practice_key
  from int_provider_spells
  where practice_id <> 'unknown'
  group by practice_id
),
arrivals as (
  select
    p.referring_npi as npi,
    p.referring_name as name,
    coalesce(k.practice_key, p.referring_practice_key, 'unknown') as place_key,
    coalesce(p.referred_to_npi, 'unknown') as referred_to_npi,
    p.specialty,
    p.referred_on
  from int_placed_referrals as p
  left join practice_keys as k on k.practice_id = p.referring_practice_id
  where
    p.counts
    and p.destination_side = 'inside'
    and p.setting in ('office', 'telehealth')
    and (p.referring_npi is not null or p.referring_name <> 'unknown')
)
select
  coalesce(npi, concat(upper(trim(name)), ' at ', place_key)) as referrer_key,
  place_key,
  referred_to_npi,
  specialty,
  max(npi) as npi,
  max(name) as name,
  min(referred_on) as first_on,
  count(*) as n
from arrivals
group by coalesce(npi, concat(upper(trim(name)), ' at ', place_key)), place_key, referred_to_npi, specialty
