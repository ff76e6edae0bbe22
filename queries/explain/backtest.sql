-- title: The referrers judged then, and what each sent in the two quarters after
-- key: as_of_quarter, rule, bin
-- adds: n, flagged, came_back, came_back_visited, referrals_back, referrals_back_visited, flagged_visited
-- gives: observed = quiet / n; precision = right / flagged; recall = right / quiet;
--   false_alarm_rate = wrong / active; predicted = p_quiet / n
-- inputs: result_backtest_lists
with judged as (
  select
    as_of_quarter,
    referring_npi,
    referring_name,
    status,
    days_silent,
    p_quiet,
    referrals_after,
    visited_after,
    case
      when $rule = 'catchment' then status = 'lapsed'
      when $rule = 'at_risk' then status = 'at_risk'
      when $rule = 'recency' then recency
      when $rule = 'days=90' then days_silent >= 90
      else days_silent >= 180
    end as listed
  from result_backtest_lists
  where
    ($as_of_quarter = 'all' or as_of_quarter = $as_of_quarter)
    and ($bin = 'all' or bin = $bin)
    and ($rule <> 'at_risk' or status not in ('lapsed', 'silent'))
)
select
  as_of_quarter,
  referring_npi,
  referring_name,
  status,
  days_silent,
  p_quiet,
  referrals_after,
  visited_after,
  1 as n,
  case when listed then 1 else 0 end as flagged,
  case when referrals_after = 0 then 1 else 0 end as quiet,
  case when referrals_after > 0 then 1 else 0 end as active,
  case when listed and referrals_after = 0 then 1 else 0 end as right,
  case when listed and referrals_after > 0 then 1 else 0 end as wrong,
  case when listed and not visited_after and referrals_after > 0 then 1 else 0 end as came_back,
  case when listed and visited_after and referrals_after > 0 then 1 else 0 end as came_back_visited,
  case when listed and not visited_after then referrals_after else 0 end as referrals_back,
  case when listed and visited_after then referrals_after else 0 end as referrals_back_visited,
  case when listed and visited_after then 1 else 0 end as flagged_visited
from judged
order by as_of_quarter, referring_npi
