-- grain: account with counted items or held subscriptions. `held`: why its MRR cannot be known: an amount that did not arrive, or
-- several currencies, which are never added up. Unit: minor units of `currency`.
WITH reasons AS (
  SELECT customer_id, held FROM stripe_item WHERE held IS NOT NULL
  UNION
  SELECT customer_id, held FROM stripe_subscription WHERE held IS NOT NULL
), unknown AS (
  SELECT o.account_id, MIN(r.held) AS reason, COUNT(DISTINCT r.held) AS reasons
  FROM reasons AS r
  JOIN stripe_owner AS o ON o.customer_id = r.customer_id
  GROUP BY o.account_id
), paid AS (
  SELECT
    o.account_id, COUNT(DISTINCT m.currency) AS currencies, MIN(m.currency) AS currency,
    STRING_AGG(DISTINCT m.currency, ', ' ORDER BY m.currency) AS names, SUM(m.mrr_minor) AS mrr_minor, SUM(m.arr_minor) AS arr_minor
  FROM stripe_customer_mrr AS m
  JOIN stripe_owner AS o ON o.customer_id = m.customer_id
  GROUP BY o.account_id
), judged AS (
  SELECT
    COALESCE(p.account_id, u.account_id) AS account_id, p.currencies, p.currency, p.mrr_minor, p.arr_minor,
    CASE
      WHEN u.reasons > 1 THEN u.reason || ' (and ' || CAST(u.reasons - 1 AS VARCHAR) || ' more)'
      WHEN u.reasons = 1 THEN u.reason
      WHEN p.currencies > 1 THEN 'several currencies: ' || p.names
    END AS held
  FROM paid AS p
  FULL JOIN unknown AS u ON u.account_id = p.account_id
)
SELECT
  account_id, held, COALESCE(currencies, 0) AS currencies, currency,
  CASE WHEN held IS NULL THEN CAST(mrr_minor AS BIGINT) END AS mrr_minor,
  CASE WHEN held IS NULL THEN CAST(arr_minor AS BIGINT) END AS arr_minor
FROM judged
