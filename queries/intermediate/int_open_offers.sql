-- title: For whom the open slots are
-- grain: practice_id, specialty, week_on, age_bands, payers_accepted
-- inputs: int_open_slots, int_provider_spells, config_overrides_npi, config_overrides_organization
-- definition: The ages that the site's providers inside of that specialty see in that week ('all' where the
--   roster gives none), and the payers that they take ('unknown' where it gives none). Providers
--   who take no new patients, or are deactivated, are left out; a row says the slots of the whole site.
-- checks: open > 0
select
  w.practice_id,
  w.specialty,
  w.week_on,
  coalesce(s.age_bands, 'all') as age_bands,
  coalesce(s.payers_accepted, 'unknown') as payers_accepted,
  max(w.open) as open,
  min(s.lat) as lat,
  min(s.lon) as lon
from int_open_slots as w
inner join int_provider_spells as s
  on s.practice_id = w.practice_id and s.specialty = w.specialty
  and s.starts_on <= w.week_on and s.ends_on >= w.week_on
left join config_overrides_npi as n
  on n.npi = s.npi and n.starts_on <= w.week_on and n.ends_on >= w.week_on
left join config_overrides_organization as o
  on o.organization_id = s.organization_id and o.starts_on <= w.week_on and o.ends_on >= w.week_on
where
  w.open > 0
  and s.entity_type = 'individual'
  and s.accepts_new_patients
  and (s.deactivated_on is null or s.deactivated_on > w.week_on)
  and coalesce(n.affiliation, o.affiliation, s.listed_affiliation) in ('own', 'affiliated')
group by w.practice_id, w.specialty, w.week_on, coalesce(s.age_bands, 'all'), coalesce(s.payers_accepted, 'unknown')
