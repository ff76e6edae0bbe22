-- title: The practice's referrals of the specialty, or its lapsed referrers where no practice is known
-- key: practice_id, specialty
-- adds: expected_referrals
-- inputs: result_referrer_practices, result_lapsed
select
  cast(null as varchar) as referring_npi,
  practice_name as name,
  last_on,
  former_per_quarter,
  present_per_quarter,
  gap_q,
  cause,
  expected_lapse_loss as expected_referrals
from result_referrer_practices
where practice_id = $practice_id and specialty = $specialty
union all
select
  referring_npi,
  referring_name as name,
  last_on,
  former_per_quarter,
  present_per_quarter,
  gap_q,
  cause,
  case when practice_id = 'unknown' then expected_lapse_loss else 0.0 end as expected_referrals
from result_lapsed
where
  practice_id = $practice_id
  and specialty = $specialty
  and coalesce(cause, '') not in ('retired', 'id_changed', 'feed_stopped')
order by referring_npi nulls first
