-- title: Organizations by name and period
-- grain: name_key, starts_on
-- inputs: stg_organizations, identity_organizations
-- definition: name_key is the name without case, legal form and small words, or in lower case as it
--   stands where that would make two organizations one. Names that two organizations bear place
--   nobody and are left out.
with keyed_rows as (
  select
    o.*,
    coalesce(k.organization_key, lower(trim(o.name))) as name_key
  from stg_organizations as o
  left join identity_organizations as k on k.organization_text = o.name
),
single_names as (
  select name_key
  from keyed_rows
  group by name_key
  having count(distinct organization_id) = 1
)
select
  o.name_key,
  o.starts_on,
  o.ends_on,
  o.organization_id,
  o.name,
  o.affiliation
from keyed_rows as o
inner join single_names as s on s.name_key = o.name_key
