-- title: The referrers outside our own, with name, practice and place
-- grain: referring_npi
-- inputs: int_referrer_days, int_placed_referrals, int_provider_specialties, int_provider_days, int_practices, int_source_completeness
-- definition: The practice is the provider's on the quarter's last day, else that of the latest
--   inbound referral. last_complete_on is that of the source of the latest referral.
with latest as (
  select referring_npi, max(referred_on) as last_on from int_referrer_days group by referring_npi
),
latest_sources as (
  select d.referring_npi, min(d.source) as source
  from int_referrer_days as d
  inner join latest as l on l.referring_npi = d.referring_npi and l.last_on = d.referred_on
  group by d.referring_npi
),
latest_practices as (
  select
    p.referring_npi,
    min(p.referring_practice_id) as practice_id,
    min(p.referring_name) as referring_name
  from int_placed_referrals as p
  inner join latest as l on l.referring_npi = p.referring_npi and l.last_on = p.referred_on
  where p.counts and p.destination_side = 'inside'
  group by p.referring_npi
)
select
  l.referring_npi,
  coalesce(s.name, lp.referring_name, 'unknown') as referring_name,
  coalesce(d.practice_id, lp.practice_id, 'unknown') as practice_id,
  coalesce(p.practice_name, 'unknown') as practice_name,
  coalesce(p.county, 'unknown') as county,
  coalesce(p.territory, 'unknown') as territory,
  coalesce(s.specialty, 'Unknown') as roster_specialty,
  coalesce(d.affiliation, 'unknown') as affiliation,
  coalesce(c.last_complete_on, $as_of_on) as last_complete_on
from latest as l
inner join latest_practices as lp on lp.referring_npi = l.referring_npi
inner join latest_sources as ls on ls.referring_npi = l.referring_npi
left join int_provider_specialties as s on s.npi = l.referring_npi
left join int_provider_days as d on d.npi = l.referring_npi and d.on_day = $as_of_on
left join int_practices as p on p.practice_id = coalesce(d.practice_id, lp.practice_id)
left join int_source_completeness as c on c.source = ls.source
