-- title: Leakage by referrer
-- grain: referring_npi, quarter
-- inputs: int_leakage_cells, int_practices
-- definition: Counts of each aligned referrer's referrals by quarter, where at least one was
--   eligible; the finding of this name adds rates, intervals, changes and the class.
-- checks: n = own + affiliated + outside; n > 0
with referrers as (
  select
    referring_npi,
    quarter,
    max(referring_name) as referring_name,
    max(referring_practice_id) as practice_id,
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
  from int_leakage_cells
  group by referring_npi, quarter
  having sum(n) > 0
)
select
  r.referring_npi,
  r.quarter,
  r.referring_name,
  r.practice_id,
  coalesce(p.practice_name, 'unknown') as practice_name,
  coalesce(p.county, 'unknown') as county,
  coalesce(p.territory, 'unknown') as territory,
  r.n,
  r.leaked,
  r.own,
  r.affiliated,
  r.outside,
  r.unknown_destination,
  r.not_offered,
  r.all_n,
  r.all_leaked,
  r.not_addressable,
  r.addressable,
  r.realised_n,
  r.realised_leaked
from referrers as r
left join int_practices as p on p.practice_id = r.practice_id
order by r.referring_npi, r.quarter
