-- title: Leakage by specialty
-- grain: specialty, quarter
-- inputs: int_leakage_cells
-- definition: Counts of aligned referrers' referrals by specialty and quarter, with the row 'all';
--   the finding of this name adds rates, intervals and changes.
-- checks: n = own + affiliated + outside; leaked = addressable + not_addressable
with cells as (
  select specialty as grouped_by, * from int_leakage_cells
  union all
  select 'all' as grouped_by, * from int_leakage_cells
)
select
  grouped_by as specialty,
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
from cells
group by grouped_by, quarter
order by grouped_by, quarter
