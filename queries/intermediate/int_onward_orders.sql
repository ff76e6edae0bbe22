-- title: Orders that took the place of another and went outside
-- grain: source, episode_id
-- inputs: int_placed_referrals, int_referrals
-- definition: Of each episode the first day on which an order that replaces an earlier one, and is no
--   renewal of it, was directed outside and not cancelled. Such orders do not count by themselves.
select p.source, p.episode_id, min(p.referred_on) as onward_on
from int_placed_referrals as p
inner join int_referrals as r on r.source = p.source and r.referral_id = p.referral_id
where
  not p.counts
  and p.destination_side = 'outside'
  and r.replaces_id is not null
  and not coalesce(r.is_renewal, false)
  and p.status not in ('void', 'cancelled')
group by p.source, p.episode_id
