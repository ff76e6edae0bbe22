-- title: Counted referrals that came in, and those of aligned referrers
-- key: quarter
-- adds: inbound_external, inbound_internal, aligned, kept
-- gives: inbound_per_day = inbound_external / working_days
-- inputs: int_placed_referrals, int_leakage_referrals
with of_the_quarter as (
  select
    p.source,
    p.referral_id,
    p.referred_on,
    p.specialty,
    p.referring_npi,
    p.referring_affiliation,
    p.destination_side,
    case when p.counts and p.destination_side = 'inside' and p.referring_affiliation <> 'own' then 1 else 0 end
      as inbound_external,
    case when p.counts and p.destination_side = 'inside' and p.referring_affiliation = 'own' then 1 else 0 end
      as inbound_internal,
    case when l.referral_id is not null then 1 else 0 end as aligned,
    case when l.leakage_class = 'kept' then 1 else 0 end as kept
  from int_placed_referrals as p
  left join int_leakage_referrals as l on l.source = p.source and l.referral_id = p.referral_id
  where p.quarter = $quarter
)
select *
from of_the_quarter
where inbound_external + inbound_internal + aligned > 0
order by source, referral_id
