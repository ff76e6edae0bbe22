-- title: Leakage counted by place, specialty, quarter and referrer
-- grain: place_kind, place, specialty, quarter, referring_npi
-- inputs: int_leakage_referrals
-- definition: The counts of int_leakage_cells by the referring practice, by its county, and by the
--   county of the patient's ZIP code.
-- checks: n = own + affiliated + outside; leaked = outside; leaked = addressable + not_addressable
with placed_rows as (
  select 'practice' as place_kind, referring_practice_id as place, * from int_leakage_referrals
  union all
  select 'referring_county' as place_kind, referring_county as place, * from int_leakage_referrals
  union all
  select 'patient_county' as place_kind, patient_county as place, * from int_leakage_referrals
)
select
  place_kind,
  place,
  specialty,
  quarter,
  referring_npi,
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
from placed_rows
group by place_kind, place, specialty, quarter, referring_npi
