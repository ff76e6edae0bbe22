-- title: Claim lines up to the quarter's end
-- grain: claim_id, service_date, rendering_npi, procedure_code
-- inputs: lake_claims
-- definition: Of rows of one claim, day, rendering provider and procedure the one of the file with
--   the later latest day wins, then the greater content hash. A service after the quarter's end is
--   not there. A procedure that is not filled in is the empty text; what was paid is in whole cents,
--   below 0 where a payment was taken back.
-- checks: service_date <= $as_of_on
with ranked_rows as (
  select
    *,
    row_number() over (
      partition by claim_id, service_date, rendering_npi, procedure_code
      order by file_latest_on desc nulls last, content_hash desc, load_id
    ) as choice
  from lake_claims
  where service_date <= $as_of_on
)
select
  claim_id,
  service_date,
  rendering_npi,
  coalesce(procedure_code, '') as procedure_code,
  referring_npi,
  billing_npi,
  patient_id,
  specialty as specialty_text,
  diagnosis_code,
  cast(round(paid_amount * 100) as bigint) as paid_cents,
  payer
from ranked_rows
where choice = 1
