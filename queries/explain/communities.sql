-- title: The community's providers, with what each sent within it and out of it
-- key: community
-- adds: providers, referrals_inside, referrals_leaving, our_share_n, patients_inside, patients_leaving
-- gives: our_share = to_us / our_share_n
-- inputs: result_network_nodes, network_ties, int_observed_orders
with sent as (
  select
    t.npi_from as npi,
    sum(case when o.community = i.community then t.referrals else 0 end) as referrals_inside,
    sum(case when o.community = i.community then 0 else t.referrals end) as referrals_leaving,
    sum(case when o.community = i.community then t.patients else 0 end) as patients_inside,
    sum(case when o.community = i.community then 0 else t.patients end) as patients_leaving
  from network_ties as t
  inner join result_network_nodes as i on i.npi = t.npi_from
  inner join result_network_nodes as o on o.npi = t.npi_to
  where i.community = cast($community as bigint)
  group by t.npi_from
)
select
  n.npi,
  n.name,
  n.specialty,
  n.county,
  1 as providers,
  case when w.counted_ties > 0 then coalesce(s.referrals_inside, 0) end as referrals_inside,
  case when w.counted_ties > 0 then coalesce(s.referrals_leaving, 0) end as referrals_leaving,
  coalesce(s.patients_inside, 0) as patients_inside,
  coalesce(s.patients_leaving, 0) as patients_leaving,
  coalesce(o.to_us, 0) as to_us,
  coalesce(o.to_us + o.to_others, 0) as our_share_n
from result_network_nodes as n
cross join (select count(referrals) as counted_ties from network_ties) as w
left join sent as s on s.npi = n.npi
left join int_observed_orders as o on o.referring_npi = n.npi
where n.community = cast($community as bigint)
order by n.npi
