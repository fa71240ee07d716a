-- grain: currency × month-end that a period begins or ends with. `worth`: what a minor unit is worth in the currency of the books, in
-- 1/WORTH_D() of its minor units, at the newest rate up to the month's last day; no row where there is none.
WITH ends AS (
  SELECT from_month AS month FROM churn.period
  UNION
  SELECT to_month AS month FROM churn.period
), paid AS (
  SELECT DISTINCT currency FROM churn.balance
), dated AS (
  SELECT
    r.currency, e.month, r.rate,
    ROW_NUMBER() OVER (PARTITION BY r.currency, e.month ORDER BY r.day DESC) AS place
  FROM money.rate AS r
  JOIN ends AS e ON r.day <= MONTH_END(e.month)
  WHERE r.quote = REPORTING() AND r.currency <> REPORTING()
)
SELECT p.currency, e.month, CAST(WORTH_D() AS HUGEINT) AS worth
FROM paid AS p
CROSS JOIN ends AS e
WHERE COALESCE(p.currency = REPORTING(), TRUE)
UNION ALL
SELECT currency, month, WORTH(rate, currency) AS worth
FROM dated
WHERE place = 1
