-- title: Organizations by name and period
-- grain: name_key, starts_on
-- inputs: stg_organizations
-- definition: Names that two organizations bear place nobody and are left out.
with single_names as (
  select lower(trim(name)) as name_key
  from stg_organizations
  group by lower(trim(name))
  having count(distinct organization_id) = 1
)
select
  lower(trim(o.name)) as name_key,
  o.starts_on,
  o.ends_on,
  o.organization_id,
  o.name,
  o.affiliation
from stg_organizations as o
inner join single_names as s on s.name_key = lower(trim(o.name))
