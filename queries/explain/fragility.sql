-- title: What each referrer sent in four quarters (where no referral is known, the patients whom it shares with us), and whether its loss would split its community
-- key: specialty, practice_id
-- adds: n
-- gives: bridges = distinct bridge
-- inputs: int_dependence_cells, result_network_nodes
select
  c.specialty,
  c.practice_id,
  c.referring_npi,
  case when n.splits_community then c.referring_npi end as bridge,
  c.n
from int_dependence_cells as c
left join result_network_nodes as n on n.npi = c.referring_npi
where
  ($specialty = 'all' or c.specialty = $specialty) and ($practice_id = 'all' or c.practice_id = $practice_id)
order by c.specialty, c.practice_id, c.referring_npi
