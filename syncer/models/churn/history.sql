-- grain: account × currency of the books: the first month that it paid in, and the first that nobody knows of.
SELECT
  account, BOOKS(currency) AS currency,
  MIN(CASE WHEN mrr_minor > 0 THEN month END) AS first_paid,
  MIN(CASE WHEN mrr_minor IS NULL THEN month END) AS first_unknown
FROM churn.balance
GROUP BY account, BOOKS(currency)
