-- title: The ties of the network as of one quarter earlier
-- grain: npi_from, npi_to
-- inputs: int_placed_referrals, reference_quarters
-- definition: Counted referrals between two resolved NPIs, nobody to himself, in the four quarters that
--   end with the quarter before the run's; as known at the end of the run's quarter.
-- checks: npi_from <> npi_to; referrals > 0
select
  p.referring_npi as npi_from,
  p.referred_to_npi as npi_to,
  count(*) as referrals
from int_placed_referrals as p
inner join reference_quarters as q on q.quarter = p.quarter and q.age between 1 and 4
where
  p.counts
  and p.referring_npi is not null
  and p.referred_to_npi is not null
  and p.referring_npi <> p.referred_to_npi
group by p.referring_npi, p.referred_to_npi
order by npi_from, npi_to
