-- title: What we offer on each day of a referral
-- grain: specialty, on_day
-- inputs: int_referrals, int_provider_spells, config_overrides_npi, config_overrides_organization, config_specialties
-- definition: A specialty is offered to an age band on a day where a provider inside (own or
--   affiliated on that day, not deactivated) has it and sees that band; an empty list of bands is
--   every age. The configuration's word on a specialty stands above the roster. What lies outside
--   the set (Unknown) is never offered.
with wanted_days as (
  select distinct specialty, referred_on as on_day from int_referrals where specialty <> 'Unknown'
),
supplied_days as (
  select
    w.specialty,
    w.on_day,
    bool_or(s.age_bands is null or strpos(s.age_bands, '0-17') > 0) as children,
    bool_or(s.age_bands is null or strpos(s.age_bands, '18-64') > 0) as adults,
    bool_or(s.age_bands is null or strpos(s.age_bands, '65+') > 0) as seniors
  from wanted_days as w
  inner join int_provider_spells as s
    on s.specialty = w.specialty and s.starts_on <= w.on_day and s.ends_on >= w.on_day
  left join config_overrides_npi as n
    on n.npi = s.npi and n.starts_on <= w.on_day and n.ends_on >= w.on_day
  left join config_overrides_organization as o
    on o.organization_id = s.organization_id and o.starts_on <= w.on_day and o.ends_on >= w.on_day
  where
    coalesce(n.affiliation, o.affiliation, s.listed_affiliation) in ('own', 'affiliated')
    and (s.deactivated_on is null or s.deactivated_on > w.on_day)
  group by w.specialty, w.on_day
)
select
  w.specialty,
  w.on_day,
  coalesce(c.offered, d.children, false) as children,
  coalesce(c.offered, d.adults, false) as adults,
  coalesce(c.offered, d.seniors, false) as seniors
from wanted_days as w
left join supplied_days as d on d.specialty = w.specialty and d.on_day = w.on_day
left join config_specialties as c on c.specialty = w.specialty
