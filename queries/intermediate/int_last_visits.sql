-- title: The last contact with each practice
-- grain: practice_id
-- inputs: stg_visits, int_provider_days
-- definition: A contact with a provider counts for the practice where the provider works on the
--   quarter's last day.
select practice_id, max(visited_on) as last_visit_on
from (
  select
    coalesce(nullif(v.practice_id, ''), d.practice_id) as practice_id,
    v.visited_on
  from stg_visits as v
  left join int_provider_days as d on d.npi = v.npi and d.on_day = $as_of_on
) as contacts
where practice_id is not null
group by practice_id
