-- title: Aligned referrals, and how each counts
-- key: specialty, quarter
-- adds: n, leaked, own, affiliated, outside, unknown_destination, not_offered, leakage_all_n, not_addressable,
--   addressable, realised_leakage_n
-- gives: leakage = leaked / n; leakage_all = all_leaked / leakage_all_n; leakage_bound_low = leaked / known_or_not;
--   leakage_bound_high = leaked_or_unknown / known_or_not; realised_leakage = realised_leaked / realised_leakage_n
-- inputs: int_leakage_referrals
select
  source,
  referral_id,
  referred_on,
  specialty,
  referring_npi,
  referring_practice_id,
  destination_name,
  leakage_class,
  reason,
  ended_in,
  case when leakage_class in ('leaked', 'kept') then 1 else 0 end as n,
  case when leakage_class = 'leaked' then 1 else 0 end as leaked,
  case when leakage_class = 'kept' and destination_affiliation = 'own' then 1 else 0 end as own,
  case when leakage_class = 'kept' and destination_affiliation = 'affiliated' then 1 else 0 end as affiliated,
  case when leakage_class = 'leaked' then 1 else 0 end as outside,
  case when leakage_class = 'unknown_destination' then 1 else 0 end as unknown_destination,
  case when leakage_class = 'not_offered' then 1 else 0 end as not_offered,
  case when leakage_class in ('leaked', 'kept', 'not_offered') then 1 else 0 end as leakage_all_n,
  case when leakage_class = 'leaked' and not addressable then 1 else 0 end as not_addressable,
  case when leakage_class = 'leaked' and addressable then 1 else 0 end as addressable,
  case when ended_in is not null then 1 else 0 end as realised_leakage_n,
  case when leakage_class in ('leaked', 'not_offered') and destination_side = 'outside' then 1 else 0 end as all_leaked,
  case when ended_in = 'outside' then 1 else 0 end as realised_leaked,
  case when leakage_class in ('leaked', 'kept', 'unknown_destination') then 1 else 0 end as known_or_not,
  case when leakage_class in ('leaked', 'unknown_destination') then 1 else 0 end as leaked_or_unknown
from int_leakage_referrals
where ($specialty = 'all' or specialty = $specialty) and quarter = $quarter
order by source, referral_id
