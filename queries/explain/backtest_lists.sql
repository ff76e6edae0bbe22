-- title: What the referrer sent us in the two quarters after, by quarter
-- key: as_of_quarter, referring_npi
-- adds: referrals_after
-- inputs: int_arrival_quarters, reference_quarters
select
  a.referring_npi,
  a.quarter,
  a.n as referrals_after
from int_arrival_quarters as a
inner join reference_quarters as q on q.quarter = a.quarter
inner join reference_quarters as s on s.quarter = $as_of_quarter
where a.referring_npi = $referring_npi and q.age < s.age and q.age >= s.age - 2
order by a.quarter
