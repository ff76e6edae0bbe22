-- title: Leaked referrals by reason and referrer
-- grain: specialty, reason, quarter, referring_npi
-- inputs: int_leakage_referrals
-- definition: Why the referral was sent outside, as the export says it; unknown where it says nothing.
-- checks: n > 0
select
  specialty,
  reason,
  quarter,
  referring_npi,
  bool_or(addressable) as addressable,
  count(*) as n
from int_leakage_referrals
where leakage_class = 'leaked'
group by specialty, reason, quarter, referring_npi
