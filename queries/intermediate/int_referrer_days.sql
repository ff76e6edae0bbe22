-- title: Days on which each referrer outside our own referred to us
-- grain: referring_npi, referred_on, specialty, practice_id
-- inputs: int_placed_referrals, int_provider_specialties, int_provider_days
-- definition: Counted inbound referrals from office and telehealth by individuals who are not own
--   on the quarter's last day; who has no affiliation on that day is what they were at their latest
--   referral, so our own who retired are not listed. The practice is that of the referral.
-- checks: n > 0
with inbound as (
  select
    referring_npi,
    referring_affiliation,
    referred_on,
    specialty,
    referring_practice_id as practice_id,
    source
  from int_placed_referrals
  where
    counts
    and destination_side = 'inside'
    and setting in ('office', 'telehealth')
    and referring_npi is not null
),

sent as (
  select
    referring_npi,
    max(referred_on) as last_on,
    max(case when referring_affiliation = 'own' then referred_on end) as own_on
  from inbound
  group by referring_npi
),

listed as (
  select s.npi
  from int_provider_specialties as s
  left join int_provider_days as d on d.npi = s.npi and d.on_day = $as_of_on
  left join sent as t on t.referring_npi = s.npi
  where
    s.entity_type = 'individual'
    and case
      when d.affiliation is null then t.own_on is null or t.own_on < t.last_on
      else d.affiliation <> 'own'
    end
)

select
  p.referring_npi,
  p.referred_on,
  p.specialty,
  p.practice_id,
  count(*) as n,
  min(p.source) as source
from inbound as p
left join int_provider_specialties as k on k.npi = p.referring_npi
left join listed as l on l.npi = p.referring_npi
where l.npi is not null or k.npi is null
group by p.referring_npi, p.referred_on, p.specialty, p.practice_id
