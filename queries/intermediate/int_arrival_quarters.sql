-- title: What each referrer sent to us in each of the last ten quarters, whoever they are by now
-- grain: referring_npi, quarter
-- inputs: int_placed_referrals, reference_quarters
-- definition: Counted inbound referrals from office and telehealth, also of referrers who are own by
--   the quarter's end: who joined us has not stopped.
-- checks: n > 0
select
  p.referring_npi,
  p.quarter,
  count(*) as n
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age < 10
where
  p.counts
  and p.destination_side = 'inside'
  and p.setting in ('office', 'telehealth')
  and p.referring_npi is not null
group by p.referring_npi, p.quarter
