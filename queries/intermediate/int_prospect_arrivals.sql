-- title: What each referrer outside our own sent us, year by year, now and as of two quarters before
-- grain: referring_npi
-- inputs: int_referrer_days, reference_quarters
-- definition: Referrals from office and telehealth. year is the four quarters that end with the
--   run's, year_before the four before those; split_year and split_year_before the same two quarters
--   earlier; after the two quarters since.
-- checks: year + year_before + split_year + split_year_before > 0
select
  d.referring_npi,
  sum(case when q.age < 4 then d.n else 0 end) as year,
  sum(case when q.age between 4 and 7 then d.n else 0 end) as year_before,
  sum(case when q.age between 2 and 5 then d.n else 0 end) as split_year,
  sum(case when q.age between 6 and 9 then d.n else 0 end) as split_year_before,
  sum(case when q.age < 2 then d.n else 0 end) as after
from int_referrer_days as d
inner join reference_quarters as q on q.first_on <= d.referred_on and q.last_on >= d.referred_on
where q.age < 10
group by d.referring_npi
