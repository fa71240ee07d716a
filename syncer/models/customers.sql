-- grain: Stripe customer x currency of its counted items and held subscriptions; one row of 0 for a customer without any. Unit: minor units;
-- n / d is exact.
WITH billed AS (
  SELECT customer_id, MIN(currency) AS currency FROM stripe_subscription GROUP BY customer_id
)
SELECT
  c.id AS customer_id,
  CASE WHEN m.customer_id IS NOT NULL THEN m.currency ELSE COALESCE(c.currency, b.currency) END AS currency,
  CASE WHEN m.customer_id IS NOT NULL THEN m.n ELSE CAST(0 AS HUGEINT) END AS mrr_n,
  CASE WHEN m.customer_id IS NOT NULL THEN m.d ELSE CAST(1 AS HUGEINT) END AS mrr_d,
  CASE WHEN m.customer_id IS NOT NULL THEN m.mrr_minor ELSE 0 END AS mrr_minor,
  CASE WHEN m.customer_id IS NOT NULL THEN m.arr_minor ELSE 0 END AS arr_minor,
  COALESCE(m.counted, FALSE) AS counted,
  m.held,
  REPORTING() AS reporting_currency,
  CASE WHEN m.customer_id IS NOT NULL THEN r.n WHEN REPORTING() IS NOT NULL THEN CAST(0 AS HUGEINT) END AS reporting_n,
  CASE WHEN m.customer_id IS NOT NULL THEN r.d WHEN REPORTING() IS NOT NULL THEN CAST(1 AS HUGEINT) END AS reporting_d,
  CASE WHEN m.customer_id IS NOT NULL THEN r.reporting_minor WHEN REPORTING() IS NOT NULL THEN 0 END AS reporting_minor,
  r.rate,
  r.day AS rate_day,
  r.held AS reporting_held
FROM stripe.customer AS c
LEFT JOIN stripe_customer_mrr AS m ON m.customer_id = c.id
LEFT JOIN stripe_reporting AS r ON r.customer_id = m.customer_id AND r.currency IS NOT DISTINCT FROM m.currency
LEFT JOIN billed AS b ON b.customer_id = c.id
