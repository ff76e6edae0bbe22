-- title: Referrals that came in, and leakage, by payer
-- grain: payer, specialty, quarter, referring_npi
-- inputs: int_placed_referrals, int_leakage_referrals, reference_quarters
-- definition: received counts the referrals of the last twelve quarters to a provider inside,
--   whoever sent them; eligible and leaked are the aligned referrers'. Payers are as the exports write them.
-- checks: leaked <= eligible; received + eligible > 0
with counted_rows as (
  select
    coalesce(p.payer, 'unknown') as payer,
    p.specialty,
    p.quarter,
    p.referring_npi,
    1 as received,
    0 as eligible,
    0 as leaked
  from int_placed_referrals as p
  inner join reference_quarters as q on q.quarter = p.quarter
  where p.counts and p.destination_side = 'inside'
  union all
  select
    coalesce(payer, 'unknown') as payer,
    specialty,
    quarter,
    referring_npi,
    0 as received,
    1 as eligible,
    case when leakage_class = 'leaked' then 1 else 0 end as leaked
  from int_leakage_referrals
  where leakage_class in ('leaked', 'kept')
)
select
  payer,
  specialty,
  quarter,
  coalesce(referring_npi, 'unknown') as referring_npi,
  sum(received) as received,
  sum(eligible) as eligible,
  sum(leaked) as leaked
from counted_rows
group by payer, specialty, quarter, coalesce(referring_npi, 'unknown')
