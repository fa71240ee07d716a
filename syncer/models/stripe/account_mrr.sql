-- grain: account with counted items or held subscriptions. `held`: why its MRR cannot be known: an amount that did not arrive, or
-- several currencies, which are only added up in the reporting currency. Unit: minor units of `currency`, of the reporting currency.
WITH unknown AS (
  SELECT o.account_id, MIN(h.reason) AS reason, SUM(h.reasons) AS reasons
  FROM stripe_held AS h
  JOIN stripe_owner AS o ON o.customer_id = h.customer_id
  GROUP BY o.account_id
), paid AS (
  SELECT
    o.account_id, COUNT(DISTINCT CASE WHEN m.counted THEN m.currency END) AS currencies,
    MIN(CASE WHEN m.counted THEN m.currency END) AS currency,
    STRING_AGG(DISTINCT CASE WHEN m.counted THEN m.currency END, ', ' ORDER BY CASE WHEN m.counted THEN m.currency END) AS names,
    MIN(CASE WHEN u.account_id IS NULL THEN m.held END) AS too_large,
    SUM(m.mrr_minor) AS mrr_minor, SUM(m.arr_minor) AS arr_minor,
    SUM(r.reporting_minor) AS reporting_minor, MAX(r.day) AS rate_day, MIN(r.held) AS reporting_held
  FROM stripe_customer_mrr AS m
  JOIN stripe_owner AS o ON o.customer_id = m.customer_id
  LEFT JOIN unknown AS u ON u.account_id = o.account_id
  LEFT JOIN stripe_reporting AS r ON r.customer_id = m.customer_id AND r.currency IS NOT DISTINCT FROM m.currency
  GROUP BY o.account_id
), judged AS (
  SELECT
    p.account_id, p.currencies, p.currency, p.mrr_minor, p.arr_minor, p.reporting_minor, p.rate_day, p.reporting_held,
    CASE
      WHEN u.reasons > 1 THEN u.reason || ' (and ' || CAST(u.reasons - 1 AS VARCHAR) || ' more)'
      WHEN u.reasons = 1 THEN u.reason
      WHEN p.too_large IS NOT NULL THEN p.too_large
      WHEN p.currencies > 1 THEN 'several currencies: ' || p.names || '; stripe.mrr_reporting tells them in one'
    END AS held
  FROM paid AS p
  LEFT JOIN unknown AS u ON u.account_id = p.account_id
)
SELECT
  account_id, held, COALESCE(currencies, 0) AS currencies, currency,
  CASE WHEN held IS NULL THEN CAST(mrr_minor AS BIGINT) END AS mrr_minor,
  CASE WHEN held IS NULL THEN CAST(arr_minor AS BIGINT) END AS arr_minor,
  reporting_held,
  CASE WHEN reporting_held IS NULL THEN CAST(reporting_minor AS BIGINT) END AS reporting_minor,
  CASE WHEN reporting_held IS NULL THEN rate_day END AS rate_day
FROM judged
