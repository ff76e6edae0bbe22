-- title: The referrers who lapsed, began or came back
-- key: specialty, territory
-- adds: count, lost_per_quarter
-- inputs: result_referrers
select
  referring_npi,
  specialty,
  territory,
  status,
  last_on,
  former_per_quarter,
  present_per_quarter,
  case when status = 'lapsed' then 1 else 0 end as count,
  case when status = 'lapsed' then expected_lapse_loss else 0.0 end as lost_per_quarter
from result_referrers
where
  status in ('lapsed', 'new', 'reactivated')
  and ($territory = 'all' or territory = $territory)
  and ($specialty = 'all' or coalesce(specialty, 'Unknown') = $specialty)
order by referring_npi
