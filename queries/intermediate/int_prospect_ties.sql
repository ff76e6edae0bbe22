-- title: Ties of any kind from one provider to another, now and as of two quarters before
-- grain: npi_from, npi_to
-- inputs: int_placed_referrals, stg_claims, stg_shared_patients, reference_quarters
-- definition: Counted referrals between two resolved NPIs; patients of claims with both a referring and
--   a rendering provider (a claim where no patient is given); patients of shared-patient files, which
--   stand both ways with the greatest of a pair's periods and directions. _now is the last eight
--   quarters and every period, _before the eight quarters that end two quarters earlier and the
--   periods that end by then. patients is the greater of claims' and the files'.
-- checks: npi_from <> npi_to; referrals_now + referrals_before + patients_now + patients_before > 0
with referral_ties as (
  select
    p.referring_npi as npi_from,
    p.referred_to_npi as npi_to,
    sum(case when q.age < 8 then 1 else 0 end) as referrals_now,
    sum(case when q.age >= 2 then 1 else 0 end) as referrals_before
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter and q.age < 10
  where
    p.counts
    and p.referring_npi is not null
    and p.referred_to_npi is not null
    and p.referring_npi <> p.referred_to_npi
  group by p.referring_npi, p.referred_to_npi
),
claim_patients as (
  select
    c.referring_npi as npi_from,
    c.rendering_npi as npi_to,
    coalesce(c.patient_id, c.claim_id) as patient_key,
    max(case when q.age < 8 then 1 else 0 end) as seen_now,
    max(case when q.age >= 2 then 1 else 0 end) as seen_before
  from stg_claims as c
  inner join reference_quarters as q
    on q.first_on <= c.service_date and q.last_on >= c.service_date and q.age < 10
  where c.referring_npi is not null and c.rendering_npi is not null and c.referring_npi <> c.rendering_npi
  group by c.referring_npi, c.rendering_npi, coalesce(c.patient_id, c.claim_id)
),
claim_ties as (
  select npi_from, npi_to, sum(seen_now) as patients_now, sum(seen_before) as patients_before
  from claim_patients
  group by npi_from, npi_to
),
split as (
  select max(last_on) as split_on from reference_quarters where age = 2
),
shared_ties as (
  select
    least(s.npi_from, s.npi_to) as npi_low,
    greatest(s.npi_from, s.npi_to) as npi_high,
    max(s.patients) as patients_now,
    max(case when s.period_to <= w.split_on then s.patients else 0 end) as patients_before
  from stg_shared_patients as s
  cross join split as w
  where s.npi_from <> s.npi_to and s.patients > 0
  group by least(s.npi_from, s.npi_to), greatest(s.npi_from, s.npi_to)
),
all_ties as (
  select npi_from, npi_to, referrals_now, referrals_before, 0 as patients_now, 0 as patients_before
  from referral_ties
  union all
  select npi_from, npi_to, 0 as referrals_now, 0 as referrals_before, patients_now, patients_before
  from claim_ties
  union all
  select
    npi_low as npi_from,
    npi_high as npi_to,
    0 as referrals_now,
    0 as referrals_before,
    patients_now,
    patients_before
  from shared_ties
  union all
  select
    npi_high as npi_from,
    npi_low as npi_to,
    0 as referrals_now,
    0 as referrals_before,
    patients_now,
    patients_before
  from shared_ties
)
select
  npi_from,
  npi_to,
  sum(referrals_now) as referrals_now,
  sum(referrals_before) as referrals_before,
  max(patients_now) as patients_now,
  max(patients_before) as patients_before
from all_ties
group by npi_from, npi_to
