-- title: What became of each aligned referral
-- grain: specialty, class, quarter
-- inputs: int_leakage_referrals
-- definition: Each aligned referral of the last twelve quarters is in exactly one class, the first
--   that fits; the row 'all' counts every specialty.
-- checks: n > 0; n <= total
with classed_rows as (
  select specialty, ledger_class, quarter from int_leakage_referrals
  union all
  select 'all' as specialty, ledger_class, quarter from int_leakage_referrals
),
counts as (
  select specialty, ledger_class as class, quarter, count(*) as n
  from classed_rows
  group by specialty, ledger_class, quarter
)
select specialty, class, quarter, n, sum(n) over (partition by specialty, quarter) as total
from counts
order by specialty, class, quarter
