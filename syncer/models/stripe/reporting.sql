-- grain: customer x currency with its MRR in the reporting currency, where the policy names one: `n` / `d` of its minor units, exact,
-- converted before anything is rounded. `held`: why that cannot be known.
WITH converted AS (
  SELECT
    m.customer_id, m.currency, m.held AS own_held, r.currency IS NOT NULL AS rated, r.rate, r.day,
    TIMES(REDUCED(m.n, m.d), r.factor_n) AS n,
    TIMES(REDUCED(m.d, m.n), r.factor_d) AS d
  FROM stripe_customer_mrr AS m
  LEFT JOIN stripe_rate AS r ON r.currency = m.currency
  WHERE REPORTING() IS NOT NULL
), judged AS (
  SELECT
    customer_id, currency, rate, day, n, d,
    CASE
      WHEN own_held IS NOT NULL THEN own_held
      WHEN NOT rated THEN 'there is no rate from ' || COALESCE(currency, '(none)') || ' to ' || REPORTING()
        || ' of ' || CAST(TODAY_UTC() AS VARCHAR) || ' or before; add one to the rates'
      WHEN n IS NULL OR d IS NULL THEN 'converted to ' || REPORTING() || ' it has too many digits to be computed exactly'
    END AS held
  FROM converted
)
SELECT
  customer_id, currency, rate, day, held,
  CASE WHEN held IS NULL THEN n END AS n,
  CASE WHEN held IS NULL THEN d END AS d,
  CASE WHEN held IS NULL THEN CAST(ROUND_DIV(n, d) AS BIGINT) END AS reporting_minor
FROM judged
