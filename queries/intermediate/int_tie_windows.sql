-- title: Each tie's referrals in the last two quarters, in the two before and in those of a year ago
-- grain: npi_from, npi_to
-- inputs: int_placed_referrals, int_source_silences, reference_quarters
-- definition: Counted referrals between two resolved NPIs, nobody to himself: referrals_now of the
--   last two quarters, referrals_before of the same two a year earlier, referrals_between of the two
--   that lie between these. observed_from is the latest of the days on which the tie's sources begin;
--   silent, whether one of them had fallen silent at the quarter's end.
-- checks: npi_from <> npi_to; referrals_now + referrals_between + referrals_before > 0
with begins as (
  select source, min(referred_on) as first_on from int_placed_referrals group by source
),
silences as (
  select s.source, max(case when s.silent then 1 else 0 end) as silent
  from int_source_silences as s
  inner join reference_quarters as q on q.quarter = s.quarter and q.age = 0
  group by s.source
),
by_source as (
  select
    p.referring_npi as npi_from,
    p.referred_to_npi as npi_to,
    p.source,
    sum(case when q.age < 2 then 1 else 0 end) as referrals_now,
    sum(case when q.age in (2, 3) then 1 else 0 end) as referrals_between,
    sum(case when q.age in (4, 5) then 1 else 0 end) as referrals_before
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter and q.age < 6
  where
    p.counts
    and p.referring_npi is not null
    and p.referred_to_npi is not null
    and p.referring_npi <> p.referred_to_npi
  group by p.referring_npi, p.referred_to_npi, p.source
)
select
  b.npi_from,
  b.npi_to,
  sum(b.referrals_now) as referrals_now,
  sum(b.referrals_between) as referrals_between,
  sum(b.referrals_before) as referrals_before,
  max(f.first_on) as observed_from,
  coalesce(max(s.silent), 0) = 1 as silent
from by_source as b
inner join begins as f on f.source = b.source
left join silences as s on s.source = b.source
group by b.npi_from, b.npi_to
