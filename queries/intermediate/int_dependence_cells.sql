-- title: On whom what comes in depends
-- grain: specialty, practice_id, referring_npi
-- inputs: int_placed_referrals, int_practices, reference_quarters, int_referral_span, int_shared_ties, int_provider_days, int_provider_specialties
-- definition: Counted external inbound referrals of the last four quarters: to a provider inside, by a
--   referrer who was not our own on the day. A referrer without an NPI counts under its name;
--   patients who came alone and names that mean nobody are left out. Where no referral at all is
--   known, patients shared with a provider inside by one who is not our own, as both stood on the
--   quarter's last day; the specialty is that of the provider inside, and of_referrals is false.
-- checks: n > 0
select
  p.specialty,
  p.referring_practice_id as practice_id,
  coalesce(p.referring_npi, p.referring_name) as referring_npi,
  max(coalesce(r.practice_name, 'unknown')) as practice_name,
  max(coalesce(r.county, 'unknown')) as county,
  max(coalesce(r.territory, 'unknown')) as territory,
  count(*) as n,
  true as of_referrals
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
left join int_practices as r on r.practice_id = p.referring_practice_id
where
  p.counts
  and p.destination_side = 'inside'
  and p.referring_affiliation <> 'own'
  and coalesce(p.referring_match, 'none') not in ('patient_self', 'nobody')
  and coalesce(p.referring_npi, p.referring_name) <> 'unknown'
group by p.specialty, p.referring_practice_id, coalesce(p.referring_npi, p.referring_name)
union all
select
  coalesce(s.specialty, 'Unknown') as specialty,
  coalesce(f.practice_id, 'unknown') as practice_id,
  t.npi_from as referring_npi,
  max(coalesce(r.practice_name, 'unknown')) as practice_name,
  max(coalesce(r.county, 'unknown')) as county,
  max(coalesce(r.territory, 'unknown')) as territory,
  cast(sum(t.patients) as bigint) as n,
  false as of_referrals
from int_shared_ties as t
cross join int_referral_span as w
inner join int_provider_days as d on d.npi = t.npi_to and d.on_day = $as_of_on
left join int_provider_days as f on f.npi = t.npi_from and f.on_day = $as_of_on
left join int_provider_specialties as s on s.npi = t.npi_to
left join int_practices as r on r.practice_id = f.practice_id
where
  w.referrals = 0
  and d.affiliation in ('own', 'affiliated')
  and coalesce(f.affiliation, 'unknown') <> 'own'
group by coalesce(s.specialty, 'Unknown'), coalesce(f.practice_id, 'unknown'), t.npi_from
