-- title: Organizations, one row an organization and period
-- grain: organization_id, starts_on
-- inputs: lake_organizations
-- definition: As the roster: the file with the later latest day wins, then content; a later
--   effective_from cuts an earlier row; open ends are written out.
-- checks: affiliation in ('own', 'affiliated', 'independent', 'competitor'); starts_on <= $as_of_on
with ranked_rows as (
  select
    *,
    row_number() over (
      partition by organization_id, effective_from
      order by file_latest_on desc nulls last, content_hash desc, load_id
    ) as choice
  from lake_organizations
  where effective_from is null or effective_from <= $as_of_on
),
cut_rows as (
  select
    *,
    lead(effective_from) over (
      partition by organization_id order by effective_from asc nulls first
    ) as next_from
  from ranked_rows
  where choice = 1
)
select
  organization_id,
  coalesce(effective_from, date '1900-01-01') as starts_on,
  case
    when next_from is not null and (effective_to is null or effective_to >= next_from)
      then cast(next_from - interval '1 day' as date)
    else coalesce(effective_to, date '2999-12-31')
  end as ends_on,
  coalesce(name, organization_id) as name,
  affiliation
from cut_rows
