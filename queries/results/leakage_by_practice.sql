-- title: Leakage by referring practice
-- grain: practice_id, quarter
-- inputs: int_leakage_place_cells, int_practices
-- definition: Counts of aligned referrers' referrals by the practice that they named, else worked at;
--   the finding of this name adds rates, intervals and changes.
-- checks: n = own + affiliated + outside; leaked = addressable + not_addressable
with practices as (
  select
    place,
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
  where place_kind = 'practice'
  group by place, quarter
)
select
  c.place as practice_id,
  c.quarter,
  coalesce(p.practice_name, 'unknown') as practice_name,
  coalesce(p.county, 'unknown') as county,
  coalesce(p.territory, 'unknown') as territory,
  c.n,
  c.leaked,
  c.own,
  c.affiliated,
  c.outside,
  c.unknown_destination,
  c.not_offered,
  c.all_n,
  c.all_leaked,
  c.not_addressable,
  c.addressable,
  c.realised_n,
  c.realised_leaked
from practices as c
left join int_practices as p on p.practice_id = c.place
order by c.place, c.quarter
