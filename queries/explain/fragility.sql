-- title: What each referrer sent in four quarters (where no referral is known, the patients whom it shares with us), who of ours received it, and whose loss would split its community
-- key: specialty, practice_id
-- adds: n
-- gives: bridges = distinct bridge
-- inputs: int_dependence_cells, int_dependence_receivers, result_network_nodes
with ends as (
  select specialty, practice_id, referring_npi as npi, 'sends' as side, n from int_dependence_cells
  union all
  select specialty, practice_id, npi, 'receives' as side, cast(0 as bigint) as n from int_dependence_receivers
)
select
  e.specialty,
  e.practice_id,
  e.npi,
  e.side,
  case when n.splits_community then e.npi end as bridge,
  e.n
from ends as e
left join result_network_nodes as n on n.npi = e.npi
where
  ($specialty = 'all' or e.specialty = $specialty) and ($practice_id = 'all' or e.practice_id = $practice_id)
order by e.specialty, e.practice_id, e.npi, e.side
