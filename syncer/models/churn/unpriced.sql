-- grain: currency × month-end that has no rate although somebody paid in it then, or until then.
WITH needed AS (
  SELECT b.currency, p.from_month AS month, b.account
  FROM churn.period AS p
  JOIN churn.balance AS b ON b.month = p.from_month
  WHERE b.mrr_minor > 0
  UNION
  SELECT b.currency, p.to_month AS month, b.account
  FROM churn.period AS p
  JOIN churn.balance AS b ON b.month IN (p.from_month, p.to_month)
  WHERE b.mrr_minor > 0
)
SELECT n.currency, n.month, COUNT(*) AS accounts
FROM needed AS n
LEFT JOIN churn_worth AS w ON w.currency = n.currency AND w.month = n.month
WHERE w.month IS NULL
GROUP BY n.currency, n.month
