-- title: The practice's lapsed referrers of the specialty, or its referrals where it lapsed as a whole
-- key: practice_id, specialty
-- adds: expected_referrals
-- inputs: result_referrer_practices, result_lapsed
with members as (
  select
    referring_npi,
    referring_name as name,
    specialty,
    last_on,
    former_per_quarter,
    present_per_quarter,
    gap_q,
    cause,
    expected_lapse_loss
  from result_lapsed
  where practice_id = $practice_id and coalesce(cause, '') not in ('retired', 'id_changed', 'feed_stopped')
),
lost as (
  select
    (select sum(expected_lapse_loss) from members) as by_members,
    (
      select max(expected_lapse_loss) from result_referrer_practices
      where practice_id = $practice_id and specialty = 'all'
    ) as by_practice
)
select
  m.referring_npi,
  m.name,
  m.last_on,
  m.former_per_quarter,
  m.present_per_quarter,
  m.gap_q,
  m.cause,
  m.expected_lapse_loss
    * case when l.by_members > l.by_practice then l.by_practice / l.by_members else 1.0 end as expected_referrals
from members as m
cross join lost as l
where m.specialty = $specialty
union all
select
  cast(null as varchar) as referring_npi,
  p.practice_name as name,
  p.last_on,
  p.former_per_quarter,
  p.present_per_quarter,
  p.gap_q,
  p.cause,
  p.expected_lapse_loss as expected_referrals
from result_referrer_practices as p
where
  p.practice_id = $practice_id
  and p.specialty = $specialty
  and (select count(*) from members where specialty = $specialty) = 0
order by referring_npi nulls first
