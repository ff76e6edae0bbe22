-- title: Leakage by the county of the patient's ZIP code
-- grain: county, quarter
-- inputs: int_leakage_place_cells
-- definition: Counts of aligned referrers' referrals by the county of the patient's ZIP code, 'unknown' where
--   it is not known; the finding of this name adds rates, intervals and changes.
-- checks: n = own + affiliated + outside; leaked = addressable + not_addressable
select
  place as county,
  quarter,
  sum(n) as n,
  sum(leaked) as leaked,
  sum(own) as own,
  sum(affiliated) as affiliated,
  sum(outside) as outside,
  sum(unknown_destination) as unknown_destination,
  sum(not_offered) as not_offered,
  sum(all_n) as all_n,
  sum(all_leaked) as all_leaked,
  sum(not_addressable) as not_addressable,
  sum(addressable) as addressable,
  sum(realised_n) as realised_n,
  sum(realised_leaked) as realised_leaked
from int_leakage_place_cells
where place_kind = 'patient_county'
group by place, quarter
order by place, quarter
