-- title: Whether each referrer still works, as far as claims tell
-- grain: referring_npi
-- inputs: int_referrer_claims, int_referrer_ends, stg_claims
-- definition: n_before are the visits of the year before the silence in which the referrer rendered, or
--   referred to somebody who is not inside; visits to us alone would end with the referrals
--   themselves. last_claim_on is the last visit of any kind, n_since those of more than 60 days after
--   the later of the last referral and the end of the last place of work in the roster. covered_to is
--   the day up to which claims are taken to be complete: 30 days before the latest of all.
-- checks: n_before >= 0
select
  c.referring_npi,
  sum(case when c.service_date <= e.last_on and (c.is_own_care or not c.is_inside) then 1 else 0 end) as n_before,
  sum(case when cast(c.service_date as int) > cast(greatest(e.last_on, e.left_on) as int) + 60 then 1 else 0 end) as n_since,
  max(c.service_date) as last_claim_on,
  max(w.covered_to) as covered_to
from int_referrer_claims as c
inner join (
  select
    referring_npi,
    last_on,
    case when roster_ends_on <= $as_of_on then roster_ends_on else last_on end as left_on
  from int_referrer_ends
) as e on e.referring_npi = c.referring_npi
cross join (select cast(max(cast(service_date as int)) - 30 as date) as covered_to from stg_claims) as w
group by c.referring_npi
