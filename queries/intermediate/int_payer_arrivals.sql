-- title: Referrals to us from outside our own under each payer, by day
-- grain: payer_key, referred_on
-- inputs: int_placed_referrals
-- definition: Counted inbound referrals from office and telehealth by referrers who were not own on the
--   day, of whom a payer is given. payer_key is the payer's text in lower case.
-- checks: n > 0
select lower(trim(payer)) as payer_key, referred_on, count(*) as n
from int_placed_referrals
where
  counts
  and destination_side = 'inside'
  and setting in ('office', 'telehealth')
  and referring_affiliation <> 'own'
  and trim(payer) <> ''
group by lower(trim(payer)), referred_on
