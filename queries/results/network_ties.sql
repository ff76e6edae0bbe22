-- title: The ties of the network
-- grain: npi_from, npi_to
-- inputs: int_network_ties
-- definition: Counted referrals of the last four quarters between two resolved NPIs, nobody to
--   himself; patients where they are given. Where no referral is known, the pairs of the latest
--   period of the shared-patient files, without referrals and days.
select npi_from, npi_to, referrals, patients, first_on, last_on, weight
from int_network_ties
order by npi_from, npi_to
