-- title: The first and last day of an order
-- grain: grain_key
-- inputs: stg_referrals
-- definition: Over every referral that is known at the quarter's end; one row.
select
  'all' as grain_key,
  min(referred_on) as first_on,
  max(referred_on) as last_on,
  count(*) as referrals,
  sum(case when reconstructed then 1 else 0 end) as reconstructed
from stg_referrals
