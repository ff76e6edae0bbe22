-- title: The referrers outside our own, with name, practice and place, and how far each is known
-- grain: referring_npi
-- inputs: int_referrer_days, int_placed_referrals, int_provider_specialties, int_provider_days, int_practices, int_source_completeness, int_source_silences, reference_quarters
-- definition: The practice is the provider's on the quarter's last day, else that of the latest
--   inbound referral. source is that of the latest referral, the first by name of several, and
--   main_source the one with most referral days in the last eight quarters. A feed has stopped where
--   one of the two had fallen silent at the quarter's end: then last_complete_on is the last day on
--   which that source brought anything (of both the later), or the referrer's own last day where it is
--   later; else that of source. stopped_feed is the one that fell silent (that of the latest referral
--   first), stopped_feed_on its last day. Not screened are residents, locums and hospitalists, who don't choose
--   for long, emergency physicians, and who placed most of their inbound referrals of the last eight
--   quarters in emergency rooms, urgent care and wards.
-- checks: last_complete_on <= $as_of_on
with latest as (
  select referring_npi, max(referred_on) as last_on from int_referrer_days group by referring_npi
),
latest_sources as (
  select d.referring_npi, min(d.source) as source
  from int_referrer_days as d
  inner join latest as l on l.referring_npi = d.referring_npi and l.last_on = d.referred_on
  group by d.referring_npi
),
source_days as (
  select d.referring_npi, d.source, count(distinct d.referred_on) as days
  from int_referrer_days as d
  inner join reference_quarters as q
    on q.first_on <= d.referred_on and q.last_on >= d.referred_on and q.age < 8
  group by d.referring_npi, d.source
),
main_sources as (
  select referring_npi, first_value(source order by days desc, source) as source
  from source_days
  group by referring_npi
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
),
places_of_order as (
  select
    p.referring_npi,
    sum(case when p.setting in ('ed', 'urgent_care', 'inpatient') then 1 else 0 end) as acute,
    count(*) as n
  from int_placed_referrals as p
  inner join latest as l on l.referring_npi = p.referring_npi
  inner join reference_quarters as q on q.quarter = p.quarter and q.age < 8
  where p.counts and p.destination_side = 'inside'
  group by p.referring_npi
),
stopped_feeds as (
  select s.source, s.last_on
  from int_source_silences as s
  inner join reference_quarters as q on q.quarter = s.quarter and q.age = 0
  where s.silent
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
  ls.source,
  coalesce(ms.source, ls.source) as main_source,
  f.source is not null or m.source is not null as feed_stopped,
  coalesce(f.source, m.source) as stopped_feed,
  coalesce(f.last_on, m.last_on) as stopped_feed_on,
  case
    when f.source is not null or m.source is not null
      then greatest(l.last_on, coalesce(f.last_on, m.last_on), coalesce(m.last_on, f.last_on))
    else coalesce(c.last_complete_on, $as_of_on)
  end as last_complete_on,
  not (
    coalesce(s.role in ('resident', 'locum', 'hospitalist'), false)
    or coalesce(s.specialty = 'Emergency Medicine', false)
    or coalesce(2 * o.acute > o.n, false)
  ) as screened
from latest as l
inner join latest_practices as lp on lp.referring_npi = l.referring_npi
inner join latest_sources as ls on ls.referring_npi = l.referring_npi
left join main_sources as ms on ms.referring_npi = l.referring_npi
left join stopped_feeds as f on f.source = ls.source
left join stopped_feeds as m on m.source = coalesce(ms.source, ls.source)
left join places_of_order as o on o.referring_npi = l.referring_npi
left join int_provider_specialties as s on s.npi = l.referring_npi
left join int_provider_days as d on d.npi = l.referring_npi and d.on_day = $as_of_on
left join int_practices as p on p.practice_id = coalesce(d.practice_id, lp.practice_id)
left join int_source_completeness as c on c.source = ls.source
