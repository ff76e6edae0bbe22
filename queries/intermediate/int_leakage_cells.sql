-- title: Leakage counted by referrer, specialty and quarter
-- grain: specialty, quarter, referring_npi
-- inputs: int_leakage_referrals
-- definition: Whole numbers that every leakage table adds up. n is the eligible referrals, own,
--   affiliated and outside their destinations; all_n and all_leaked count what we do not offer too;
--   realised_n counts those whose place of care is known at equal maturity.
-- checks: n = own + affiliated + outside; leaked = outside; leaked = addressable + not_addressable; realised_leaked <= realised_n; realised_n <= n
select
  specialty,
  quarter,
  referring_npi,
  max(referring_name) as referring_name,
  max(referring_practice_id) as referring_practice_id,
  count(*) as referrals,
  sum(case when leakage_class in ('leaked', 'kept') then 1 else 0 end) as n,
  sum(case when leakage_class = 'leaked' then 1 else 0 end) as leaked,
  sum(case when leakage_class = 'kept' and destination_affiliation = 'own' then 1 else 0 end) as own,
  sum(case when leakage_class = 'kept' and destination_affiliation = 'affiliated' then 1 else 0 end) as affiliated,
  sum(case when leakage_class = 'leaked' then 1 else 0 end) as outside,
  sum(case when leakage_class = 'unknown_destination' then 1 else 0 end) as unknown_destination,
  sum(case when leakage_class = 'not_offered' then 1 else 0 end) as not_offered,
  sum(case when leakage_class in ('leaked', 'kept', 'not_offered') then 1 else 0 end) as all_n,
  sum(case when leakage_class in ('leaked', 'not_offered') and destination_side = 'outside' then 1 else 0 end) as all_leaked,
  sum(case when leakage_class = 'leaked' and not addressable then 1 else 0 end) as not_addressable,
  sum(case when leakage_class = 'leaked' and addressable then 1 else 0 end) as addressable,
  sum(case when ended_in is not null then 1 else 0 end) as realised_n,
  sum(case when ended_in = 'outside' then 1 else 0 end) as realised_leaked
from int_leakage_referrals
group by specialty, quarter, referring_npi
