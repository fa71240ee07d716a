-- grain: period × account × currency of the books. Unit: 1/WORTH_D() of its minor units; `start_n` at the start's rates, `end_n` at the
-- end's, `even_n` the same balance at the start's. NULL where a balance or a rate is not known (who has a rate at the start has one at
-- the end). Who has no row in a month paid nothing then.
WITH side AS (
  SELECT
    p.from_month, p.to_month, b.account, BOOKS(b.currency) AS currency, b.mrr_minor > 0 AS start_paid, b.free AS start_free,
    CASE WHEN b.mrr_minor = 0 THEN 0 ELSE b.mrr_minor * s.worth END AS start_n,
    FALSE AS end_paid, FALSE AS end_free, CAST(0 AS HUGEINT) AS even_n, CAST(0 AS HUGEINT) AS end_n
  FROM churn.period AS p
  JOIN churn.balance AS b ON b.month = p.from_month
  LEFT JOIN churn_worth AS s ON s.currency = b.currency AND s.month = p.from_month
  UNION ALL
  SELECT
    p.from_month, p.to_month, b.account, BOOKS(b.currency) AS currency, FALSE AS start_paid, FALSE AS start_free,
    CAST(0 AS HUGEINT) AS start_n, b.mrr_minor > 0 AS end_paid, b.free AS end_free,
    CASE WHEN b.mrr_minor = 0 THEN 0 ELSE b.mrr_minor * s.worth END AS even_n,
    CASE WHEN b.mrr_minor = 0 THEN 0 ELSE b.mrr_minor * e.worth END AS end_n
  FROM churn.period AS p
  JOIN churn.balance AS b ON b.month = p.to_month
  LEFT JOIN churn_worth AS s ON s.currency = b.currency AND s.month = p.from_month
  LEFT JOIN churn_worth AS e ON e.currency = b.currency AND e.month = p.to_month
)
SELECT
  from_month, to_month, account, currency,
  CASE WHEN COUNT(start_n) = COUNT(*) THEN SUM(start_n) END AS start_n,
  CASE WHEN COUNT(even_n) = COUNT(*) THEN SUM(even_n) END AS even_n,
  CASE WHEN COUNT(end_n) = COUNT(*) THEN SUM(end_n) END AS end_n,
  COUNT(CASE WHEN start_paid THEN 1 END) > 0 AS start_paid,
  COUNT(CASE WHEN end_paid THEN 1 END) > 0 AS end_paid,
  COUNT(CASE WHEN start_free THEN 1 END) > 0 AS start_free,
  COUNT(CASE WHEN end_free THEN 1 END) > 0 AS end_free
FROM side
GROUP BY from_month, to_month, account, currency
