-- grain: period × account × currency of the books that paid before, not at the start, and at the end: days since the first month-end at 0.
-- Empty unless the switch reactivation_window_days is set, which alone asks for it.
WITH back AS (
  SELECT a.from_month, a.to_month, a.account, a.currency, MAX(b.month) AS last_paid
  FROM churn_account AS a
  JOIN churn.balance AS b ON b.account = a.account AND BOOKS(b.currency) = a.currency AND b.month < a.from_month
  WHERE REACTIVATION_DAYS() IS NOT NULL AND NOT a.start_paid AND a.end_paid AND b.mrr_minor > 0
  GROUP BY a.from_month, a.to_month, a.account, a.currency
), month AS (
  SELECT DISTINCT month FROM churn.balance
), unknown AS (
  SELECT DISTINCT account, BOOKS(currency) AS currency, month FROM churn.balance WHERE mrr_minor IS NULL
)
SELECT b.from_month, b.to_month, b.account, b.currency, MONTH_END(b.to_month) - MONTH_END(MIN(m.month)) AS days
FROM back AS b
JOIN month AS m ON m.month > b.last_paid AND m.month <= b.from_month
LEFT JOIN unknown AS u ON u.account = b.account AND u.currency = b.currency AND u.month = m.month
WHERE u.month IS NULL
GROUP BY b.from_month, b.to_month, b.account, b.currency
