-- title: Days on which each referrer outside our own referred to us
-- grain: referring_npi, referred_on, specialty, practice_id
-- inputs: int_placed_referrals, int_provider_specialties, int_provider_days
-- definition: Counted inbound referrals from office and telehealth by individuals who are not own
--   on the quarter's last day. The practice is that of the referral.
-- checks: n > 0
with listed as (
  select s.npi
  from int_provider_specialties as s
  left join int_provider_days as d on d.npi = s.npi and d.on_day = $as_of_on
  where s.entity_type = 'individual' and coalesce(d.affiliation, 'independent') <> 'own'
)
select
  p.referring_npi,
  p.referred_on,
  p.specialty,
  p.referring_practice_id as practice_id,
  count(*) as n,
  min(p.source) as source
from int_placed_referrals as p
left join int_provider_specialties as k on k.npi = p.referring_npi
left join listed as l on l.npi = p.referring_npi
where
  p.counts
  and p.destination_side = 'inside'
  and p.setting in ('office', 'telehealth')
  and p.referring_npi is not null
  and (l.npi is not null or k.npi is null)
group by p.referring_npi, p.referred_on, p.specialty, p.referring_practice_id
