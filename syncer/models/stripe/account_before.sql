-- grain: account, with what its customers paid at the end of the month before and earlier, where that month was kept at all.
-- `known`: no balance of that month is unknown. `mrr_minor`: minor units of `currency`; several currencies are not added up.
-- `dated`: that month was told by Stripe's dates, which know who paid then, but no amount of who has changed it since.
WITH closed AS (
  SELECT MAX(month) AS month, MAX(CASE WHEN kind = 'stripe_dates' THEN 1 ELSE 0 END) = 1 AS dated
  FROM history.mrr
  WHERE month = $month_before
), balance AS (
  SELECT
    o.account_id,
    COALESCE(SUM(CASE WHEN h.month = $month_before THEN h.mrr_minor END), 0) AS mrr_minor,
    COUNT(CASE WHEN h.month = $month_before AND h.mrr_minor IS NULL THEN 1 END) AS unknown,
    MIN(CASE WHEN h.month = $month_before AND h.mrr_minor > 0 THEN h.currency END) AS currency,
    MAX(CASE WHEN h.month = $month_before AND h.mrr_minor > 0 THEN h.currency END) AS last_currency,
    MAX(CASE WHEN h.mrr_minor > 0 THEN 1 ELSE 0 END) = 1 AS paid
  FROM history.mrr AS h
  JOIN stripe_owner AS o ON o.customer_id = h.customer_id
  WHERE h.month <= $month_before
  GROUP BY o.account_id
)
SELECT
  c.account_id,
  m.month IS NOT NULL AND COALESCE(b.unknown, 0) = 0 AND b.currency IS NOT DISTINCT FROM b.last_currency AS known,
  m.dated, CAST(COALESCE(b.mrr_minor, 0) AS BIGINT) AS mrr_minor, b.currency, COALESCE(b.paid, FALSE) AS paid
FROM stripe_account_customer AS c
CROSS JOIN closed AS m
LEFT JOIN balance AS b ON b.account_id = c.account_id
