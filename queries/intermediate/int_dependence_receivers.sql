-- title: Who of ours receives what comes in
-- grain: specialty, practice_id, npi
-- inputs: int_placed_referrals, reference_quarters, int_referral_span, int_shared_ties, int_provider_days, int_provider_specialties
-- definition: The providers inside, as far as they are resolved, to whom the referrals of
--   int_dependence_cells went, by specialty and referring practice; where no referral at all is
--   known, those with whom its patients are shared.
select distinct
  p.specialty,
  p.referring_practice_id as practice_id,
  p.referred_to_npi as npi
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
where
  p.counts
  and p.destination_side = 'inside'
  and p.referring_affiliation <> 'own'
  and coalesce(p.referring_match, 'none') not in ('patient_self', 'nobody')
  and coalesce(p.referring_npi, p.referring_name) <> 'unknown'
  and p.referred_to_npi is not null
union all
select distinct
  coalesce(s.specialty, 'Unknown') as specialty,
  coalesce(f.practice_id, 'unknown') as practice_id,
  t.npi_to as npi
from int_shared_ties as t
cross join int_referral_span as w
inner join int_provider_days as d on d.npi = t.npi_to and d.on_day = $as_of_on
left join int_provider_days as f on f.npi = t.npi_from and f.on_day = $as_of_on
left join int_provider_specialties as s on s.npi = t.npi_to
where
  w.referrals = 0
  and d.affiliation in ('own', 'affiliated')
  and coalesce(f.affiliation, 'unknown') <> 'own'
