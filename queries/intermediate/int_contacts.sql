-- title: Contacts with the practices that refer to us
-- grain: logged_practice_id, npi, visited_on, kind, liaison_id, topic
-- inputs: stg_visits, int_provider_days
-- definition: A contact with a provider counts for the practice where the provider works on the
--   quarter's last day, and for none where they work nowhere then.
select
  coalesce(nullif(v.practice_id, ''), d.practice_id) as practice_id,
  v.visited_on,
  v.kind,
  v.npi,
  v.liaison_id,
  v.topic,
  v.practice_id as logged_practice_id
from stg_visits as v
left join int_provider_days as d on d.npi = v.npi and d.on_day = $as_of_on
where v.practice_id <> '' or d.practice_id is not null
