-- title: Which referral of an episode counts
-- grain: source, referral_id
-- inputs: int_referrals
-- definition: A referral that renews or replaces another belongs to the first one's episode and
--   does not count again. Void never counts, nor cancelled as duplicate or entered in error; where
--   the first of an episode never counts for that reason, the next of it that can does, and of
--   orders that replace each other in a circle the earliest. With
--   episode_days above 0, a referral within so many days of the one before it of the same patient,
--   specialty and referring practice joins that one's episode too.
with recursive links as (
  select source, referral_id, replaces_id
  from int_referrals
  where replaces_id is not null and replaces_id <> referral_id
),
chains as (
  select source, referral_id, replaces_id as ancestor_id, 1 as depth
  from links
  union all
  select c.source, c.referral_id, l.replaces_id as ancestor_id, c.depth + 1 as depth
  from chains as c
  inner join links as l on l.source = c.source and l.referral_id = c.ancestor_id
  where c.depth < 32
),
deepest as (
  select source, referral_id, max(depth) as depth
  from chains
  group by source, referral_id
),
roots as (
  select c.source, c.referral_id, min(c.ancestor_id) as episode_id, max(c.depth) as depth
  from chains as c
  inner join deepest as d
    on d.source = c.source and d.referral_id = c.referral_id and d.depth = c.depth
  group by c.source, c.referral_id
),
-- Orders that replace each other in a circle are one episode without a first.
circles as (
  select source, referral_id, min(ancestor_id) as episode_id
  from chains
  group by source, referral_id
  having bool_or(ancestor_id = referral_id)
),
members as (
  select
    r.source,
    r.referral_id,
    coalesce(k.episode_id, o.episode_id, r.referral_id) as episode_id,
    coalesce(o.depth, 0) as depth,
    r.referred_on,
    r.is_renewal or (r.replaces_id is not null and r.replaces_id <> r.referral_id) as follows,
    not (
      r.status = 'void'
      or (r.status = 'cancelled' and coalesce(r.status_reason, '') in ('duplicate', 'entered_in_error'))
    ) as can_count,
    case when $episode_days > 0 and r.patient_id is not null then
      lag(r.referred_on) over (
        partition by
          r.patient_id, r.specialty, coalesce(r.referring_practice, r.referring_npi, r.referring_name),
          r.status = 'void' or (r.status = 'cancelled' and coalesce(r.status_reason, '') in ('duplicate', 'entered_in_error'))
        order by r.referred_on, r.source, r.referral_id
      )
    end as previous_on
  from int_referrals as r
  left join roots as o on o.source = r.source and o.referral_id = r.referral_id
  left join circles as k on k.source = r.source and k.referral_id = r.referral_id
),
headless as (
  select source, referral_id as episode_id
  from members
  where depth = 0 and not follows and not can_count
  union
  select source, episode_id from circles
),
heirs as (
  select
    m.source,
    m.referral_id,
    row_number() over (
      partition by m.source, m.episode_id order by m.depth, m.referred_on, m.referral_id
    ) as turn
  from members as m
  inner join headless as v on v.source = m.source and v.episode_id = m.episode_id
  where m.can_count
)
select
  m.source,
  m.referral_id,
  m.episode_id,
  m.can_count
    and (not m.follows or coalesce(h.turn = 1, false))
    and not coalesce(
      cast(m.referred_on as int) - cast(m.previous_on as int) <= $episode_days, false
    ) as counts
from members as m
left join heirs as h on h.source = m.source and h.referral_id = m.referral_id
