with versions as (
  /*exports*/
),
latest as (
  select v.*
  from versions as v
  inner join (select referral_id, max(file_number) as file_number from versions group by referral_id) as m
    on m.referral_id = v.referral_id and m.file_number = v.file_number
),
counted as (
  select l.*
  from latest as l
  where l.status <> 'void'
    and not (l.status = 'cancelled' and coalesce(l.status_reason, '') in ('duplicate', 'entered-in-error', 'entered_in_error', 'entered in error'))
    and l.replaces_id is null
    and coalesce(l.is_renewal, 'false') <> 'true'
),
people as (
  select
    p.npi,
    upper(trim(p.name)) as name,
    trim(p.practice_name) as practice_name,
    p.practice_id,
    s.specialty,
    p.age_bands,
    p.is_primary,
    coalesce(p.affiliation, o.affiliation) as affiliation,
    coalesce(p.effective_from, '0000') as starts_on,
    coalesce(p.effective_to, '9999') as ends_on,
    coalesce(p.deactivated_on, '9999') as deactivated_on
  from providers as p
  left join organizations as o on o.organization_id = p.organization_id
  left join specialty_names as s on s.text = p.specialty
),
sides as (
  select npi, starts_on, ends_on, max(case when affiliation in ('own', 'affiliated') then 1 else 0 end) as inside,
    max(case when affiliation = 'own' then 1 else 0 end) as own
  from people
  group by npi, starts_on, ends_on
),
bearers as (
  select distinct npi, array_to_string(array_sort(array_remove_all(string_to_array(replace(name, ',', ' '), ' '), '')), ' ') as words
  from people
),
single_bearers as (
  select words, min(npi) as npi from bearers group by words having count(distinct npi) = 1
),
trades as (
  select npi, min(specialty) as specialty from people group by npi
),
reached as (
  select
    c.referral_id,
    c.referred_on,
    s.specialty as stated_specialty,
    c.service_type,
    c.age_band,
    coalesce(c.referring_npi, fb.npi) as from_npi,
    coalesce(c.referred_to_npi, tb.npi) as to_npi,
    c.referred_to_organization,
    c.direction
  from counted as c
  left join specialty_names as s on s.text = c.specialty
  left join single_bearers as fb
    on c.referring_npi is null
    and fb.words = array_to_string(array_sort(array_remove_all(string_to_array(replace(upper(c.referring_name), ',', ' '), ' '), '')), ' ')
  left join single_bearers as tb
    on c.referred_to_npi is null
    and tb.words = array_to_string(array_sort(array_remove_all(string_to_array(replace(upper(c.referred_to_name), ',', ' '), ' '), '')), ' ')
),
-- A referral without a specialty has its referred-to provider's.
ends as (
  select r.*, coalesce(r.stated_specialty, t.specialty) as specialty,
    coalesce(r.service_type, n.care) as service
  from reached as r
  left join trades as t on t.npi = r.to_npi
  left join specialty_names as n on n.text = coalesce(r.stated_specialty, t.specialty)
),
judged as (
  select
    e.referral_id,
    e.specialty,
    e.referred_on,
    e.service,
    e.age_band,
    f.own as from_own,
    e.from_npi = e.to_npi as same,
    case
      when t.npi is not null then t.inside
      when o.affiliation is not null then case when o.affiliation in ('own', 'affiliated') then 1 else 0 end
      when e.direction in ('internal', 'incoming') then 1
      when e.direction = 'outgoing' then 0
    end as to_inside
  from ends as e
  left join sides as f on f.npi = e.from_npi and f.starts_on <= e.referred_on and f.ends_on >= e.referred_on
  left join sides as t on t.npi = e.to_npi and t.starts_on <= e.referred_on and t.ends_on >= e.referred_on
  left join organizations as o on lower(trim(o.name)) = lower(trim(e.referred_to_organization))
),
offers as (
  select distinct j.referral_id
  from judged as j
  inner join people as p
    on p.specialty = j.specialty
    and p.affiliation in ('own', 'affiliated')
    and p.starts_on <= j.referred_on and p.ends_on >= j.referred_on
    and p.deactivated_on > j.referred_on
    and (j.age_band is null or p.age_bands is null or strpos(p.age_bands, j.age_band) > 0)
)
select
  j.specialty,
  concat(substr(j.referred_on, 1, 4), 'Q', cast((cast(substr(j.referred_on, 6, 2) as int) + 2) / 3 as varchar)) as quarter,
  count(*) as n,
  sum(1 - j.to_inside) as leaked
from judged as j
inner join offers as f on f.referral_id = j.referral_id
where j.from_own = 1
  and j.service in ('consult', 'procedure')
  and j.to_inside is not null
  and not coalesce(j.same, false)
group by 1, 2
order by 1, 2
