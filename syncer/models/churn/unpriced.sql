-- grain: currency without a rate at some month-end although somebody paid in it then, or until then: the first and the last of these.
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
SELECT n.currency, MIN(n.month) AS first_month, MAX(n.month) AS last_month, COUNT(DISTINCT n.account) AS accounts
FROM needed AS n
LEFT JOIN churn_worth AS w ON w.currency = n.currency AND w.month = n.month
WHERE w.month IS NULL
GROUP BY n.currency
