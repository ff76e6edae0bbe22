-- title: Counted referrals of the last four quarters from the one provider to the other, a patient counted once; where no referral is known, the pair as its shared-patient file has it
-- key: npi_from, npi_to
-- adds: referrals, patients
-- gives: first_on = least referred_on; last_on = greatest referred_on
-- inputs: int_placed_referrals, reference_quarters, int_referral_span, int_shared_ties
select
  p.source,
  p.referral_id,
  p.referred_on,
  p.specialty,
  p.status,
  cast(null as date) as period_from,
  cast(null as date) as period_to,
  1 as referrals,
  case
    when p.patient_id is not null
      and row_number() over (partition by p.patient_id order by p.referred_on, p.source, p.referral_id) = 1
      then 1
    else 0
  end as patients
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age < 4
where p.counts and p.referring_npi = $npi_from and p.referred_to_npi = $npi_to
union all
select
  cast(null as varchar) as source,
  cast(null as varchar) as referral_id,
  cast(null as date) as referred_on,
  cast(null as varchar) as specialty,
  cast(null as varchar) as status,
  t.period_from,
  t.period_to,
  cast(null as bigint) as referrals,
  t.patients
from int_shared_ties as t
cross join int_referral_span as s
where s.referrals = 0 and t.npi_from = $npi_from and t.npi_to = $npi_to
order by source, referral_id
