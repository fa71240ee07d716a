-- grain: customer x currency of its counted items and held subscriptions. MRR is `n` / `d` minor units, exact; rounded here and nowhere
-- else, half up. ARR is twelve times the exact MRR. All NULL while an item's amount is unknown (`held`).
WITH summed AS (
  SELECT customer_id, currency, SUM(monthly_n) AS n, MIN(monthly_d) AS d, MIN(monthly_d) = MAX(monthly_d) AS even
  FROM stripe_item
  WHERE counted
  GROUP BY customer_id, currency
), judged AS (
  SELECT
    COALESCE(s.customer_id, h.customer_id) AS customer_id, COALESCE(s.currency, h.currency) AS currency,
    s.customer_id IS NOT NULL AS counted, CASE WHEN s.even THEN TIMES(s.n, 1) ELSE u.n END AS n, CASE WHEN s.even THEN s.d ELSE u.d END AS d,
    CASE WHEN h.reasons > 1 THEN h.reason || ' (and ' || CAST(h.reasons - 1 AS VARCHAR) || ' more)' ELSE h.reason END AS held
  FROM summed AS s
  FULL JOIN stripe_held AS h ON h.customer_id = s.customer_id AND h.currency IS NOT DISTINCT FROM s.currency
  LEFT JOIN stripe_uneven AS u ON u.customer_id = s.customer_id AND u.currency = s.currency
), exact AS (
  SELECT
    customer_id, currency, counted, n, d,
    CASE WHEN held IS NULL AND (n IS NULL OR d IS NULL)
      THEN 'the items of customer ' || customer_id || ' add up to too many digits to be computed exactly' ELSE held END AS held
  FROM judged
)
SELECT
  customer_id, currency, counted, held,
  CASE WHEN held IS NULL THEN n END AS n,
  CASE WHEN held IS NULL THEN d END AS d,
  CASE WHEN held IS NULL THEN CAST(ROUND_DIV(n, d) AS BIGINT) END AS mrr_minor,
  CASE WHEN held IS NULL THEN CAST(ROUND_DIV(12 * n, d) AS BIGINT) END AS arr_minor
FROM exact
