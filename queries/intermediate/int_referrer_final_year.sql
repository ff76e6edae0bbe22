-- title: What each referrer sent us in the year before their silence
-- grain: referring_npi, practice_id, referred_to_npi, specialty, payer_key
-- inputs: int_placed_referrals, int_referrer_ends
-- definition: Counted inbound referrals from office and telehealth of the 365 days that end with the
--   referrer's last one, by our practice, provider, specialty and payer; what is not given is
--   'unknown'. payer_key is the payer's text in lower case. n_in_span are those from span_from on.
-- checks: n > 0; n_in_span <= n
select
  p.referring_npi,
  coalesce(p.destination_practice_id, 'unknown') as practice_id,
  coalesce(p.referred_to_npi, 'unknown') as referred_to_npi,
  p.specialty,
  coalesce(nullif(lower(trim(p.payer)), ''), 'unknown') as payer_key,
  min(trim(p.payer)) as payer,
  count(*) as n,
  sum(case when p.referred_on >= e.span_from then 1 else 0 end) as n_in_span
from int_placed_referrals as p
inner join int_referrer_ends as e
  on e.referring_npi = p.referring_npi and p.referred_on >= e.year_from and p.referred_on <= e.last_on
where p.counts and p.destination_side = 'inside' and p.setting in ('office', 'telehealth')
group by
  p.referring_npi,
  coalesce(p.destination_practice_id, 'unknown'),
  coalesce(p.referred_to_npi, 'unknown'),
  p.specialty,
  coalesce(nullif(lower(trim(p.payer)), ''), 'unknown')
