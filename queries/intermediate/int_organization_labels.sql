-- title: Each organization's name
-- grain: organization_id
-- inputs: stg_organizations
-- definition: The name of its latest period.
with ranked_rows as (
  select
    organization_id,
    name,
    row_number() over (partition by organization_id order by ends_on desc, starts_on desc) as choice
  from stg_organizations
)
select organization_id, name as organization_name
from ranked_rows
where choice = 1
