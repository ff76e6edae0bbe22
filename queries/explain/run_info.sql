-- title: The loads that the lake holds
-- key: quarter
-- adds: none
-- inputs: lake_loads, reference_quarters
select
  l.file,
  l.table_name,
  l.mapping,
  l.source,
  l.first_on,
  l.last_on,
  l.latest_on,
  l.rows_read,
  l.accepted,
  l.superseded,
  l.duplicate,
  l.quarantined,
  l.set_aside
from lake_loads as l
inner join reference_quarters as q on q.quarter = $quarter and q.age = 0
order by l.table_name, l.file, l.load_id
