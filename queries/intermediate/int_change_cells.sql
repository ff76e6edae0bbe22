-- title: Leakage of two quarters that are compared, as counted and under one day's affiliations
-- grain: comparison, period, source, specialty, referring_npi
-- inputs: int_placed_referrals, int_provider_days, int_provider_spells, stg_organizations, int_unobserved_organizations, config_aligned, config_excluded, config_service_types, config_overrides_npi, config_overrides_organization, reference_quarters
-- definition: Eligible referrals of the run's quarter (to) and of the quarter before or a year before
--   (from). n and leaked are as every leakage table counts them, by the affiliations of each
--   referral's own day. fixed_n and fixed_leaked are the same referrals under the affiliations of the
--   last day of the from quarter: of the provider at that practice (a referrer who was not there yet
--   has the one of the primary place of that day), else of the named organization; who was in no
--   list that day keeps the affiliation of the referral's day, and what we offer
--   is taken as on the referral's day.
-- checks: leaked <= n; fixed_leaked <= fixed_n; n + fixed_n > 0
with comparisons as (
  select 'quarter_before' as comparison, 1 as back
  union all
  select 'year_before' as comparison, 4 as back
),
periods as (
  select
    c.comparison,
    q.quarter,
    case when q.age = 0 then 'to' else 'from' end as period,
    b.last_on as fixed_on
  from comparisons as c
  inner join reference_quarters as b on b.age = c.back
  inner join reference_quarters as q on q.age in (0, c.back)
),
fixed_places as (
  select
    p.comparison,
    s.npi,
    s.practice_id,
    s.spell_rank,
    coalesce(
      n.affiliation, o.affiliation, s.listed_affiliation, case when not s.is_register then 'outside' end
    ) as affiliation
  from (select distinct comparison, fixed_on from periods) as p
  inner join int_provider_spells as s on s.starts_on <= p.fixed_on and s.ends_on >= p.fixed_on
  left join config_overrides_npi as n
    on n.npi = s.npi and n.starts_on <= p.fixed_on and n.ends_on >= p.fixed_on
  left join config_overrides_organization as o
    on o.organization_id = s.organization_id and o.starts_on <= p.fixed_on and o.ends_on >= p.fixed_on
),
fixed_spells as (
  select comparison, npi, practice_id, min(affiliation) as affiliation
  from fixed_places
  where affiliation is not null
  group by comparison, npi, practice_id
),
fixed_providers as (
  select comparison, npi, first_value(affiliation order by spell_rank) as affiliation
  from fixed_places
  where affiliation is not null
  group by comparison, npi
),
fixed_organizations as (
  select
    p.comparison,
    g.organization_id,
    min(coalesce(o.affiliation, g.affiliation)) as affiliation
  from (select distinct comparison, fixed_on from periods) as p
  inner join stg_organizations as g on g.starts_on <= p.fixed_on and g.ends_on >= p.fixed_on
  left join config_overrides_organization as o
    on o.organization_id = g.organization_id and o.starts_on <= p.fixed_on and o.ends_on >= p.fixed_on
  group by p.comparison, g.organization_id
),
referrals as (
  select
    d.comparison,
    d.period,
    r.source,
    r.specialty,
    r.referring_npi,
    a.affiliation is not null as is_aligned,
    r.destination_side,
    coalesce(f.affiliation, e.affiliation, r.referring_affiliation) as fixed_affiliation,
    coalesce(
      t.affiliation,
      case when v.npi is null or v.is_register then g.affiliation end,
      r.destination_affiliation
    ) as fixed_destination
  from int_placed_referrals as r
  inner join periods as d on d.quarter = r.quarter
  inner join config_service_types as k on k.service_type = r.service_type
  left join config_aligned as a on a.affiliation = r.referring_affiliation
  left join config_excluded as x on x.organization_id = r.referring_organization_id
  left join int_unobserved_organizations as u on u.organization_id = r.referring_organization_id
  left join fixed_spells as f
    on f.comparison = d.comparison and f.npi = r.referring_npi and f.practice_id = r.referring_practice_id
  left join fixed_providers as e on e.comparison = d.comparison and e.npi = r.referring_npi
  left join int_provider_days as v on v.npi = r.referred_to_npi and v.on_day = r.referred_on
  left join fixed_spells as t
    on t.comparison = d.comparison and t.npi = r.referred_to_npi and t.practice_id = r.destination_practice_id
  left join fixed_organizations as g
    on g.comparison = d.comparison and g.organization_id = r.destination_organization_id
  where
    r.counts
    and r.service_type <> 'post_acute'
    and r.referring_npi is not null
    and not r.same_provider
    and coalesce(r.offered, false)
    and r.destination_side <> 'unknown'
    and x.organization_id is null
    and u.organization_id is null
),
judged as (
  select
    r.comparison,
    r.period,
    r.source,
    r.specialty,
    r.referring_npi,
    case when r.is_aligned then 1 else 0 end as counted,
    case when r.is_aligned and r.destination_side = 'outside' then 1 else 0 end as leaked,
    case when a.affiliation is not null then 1 else 0 end as fixed,
    case when a.affiliation is not null and r.fixed_destination not in ('own', 'affiliated') then 1 else 0 end as fixed_leaked
  from referrals as r
  left join config_aligned as a on a.affiliation = r.fixed_affiliation
)
select
  comparison,
  period,
  source,
  specialty,
  referring_npi,
  sum(counted) as n,
  sum(leaked) as leaked,
  sum(fixed) as fixed_n,
  sum(fixed_leaked) as fixed_leaked
from judged
group by comparison, period, source, specialty, referring_npi
having sum(counted) + sum(fixed) > 0
