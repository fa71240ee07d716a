-- grain: period × account × currency of the books. `kind`: new, reactivation, churn, expansion, contraction, none, or unknown: kept out of
-- all sums. `change_n` is `even_n` - `start_n`, so no rate moves it, in 1/WORTH_D() minor units.
WITH known AS (
  SELECT
    a.from_month, a.to_month, a.account, a.currency, a.start_n, a.even_n, a.end_n, a.start_paid, a.start_free, a.end_free,
    a.even_n - a.start_n AS change_n, h.first_paid, w.days,
    COALESCE(h.first_paid <= a.from_month, FALSE) AS paid_before, COALESCE(h.first_unknown <= a.from_month, FALSE) AS once_unknown
  FROM churn_account AS a
  JOIN churn_history AS h ON h.account = a.account AND h.currency = a.currency
  LEFT JOIN churn_away AS w
    ON w.account = a.account AND w.currency = a.currency AND w.from_month = a.from_month AND w.to_month = a.to_month
)
SELECT
  from_month, to_month, account, currency, start_n, even_n, end_n, change_n, start_paid, first_paid,
  CASE
    WHEN start_n IS NULL OR change_n IS NULL THEN 'unknown'
    WHEN start_n = 0 AND end_n = 0 THEN 'none'
    WHEN start_n = 0 AND NOT paid_before THEN CASE WHEN once_unknown THEN 'unknown' ELSE 'new' END
    WHEN start_n = 0 AND start_free AND NOT FREE_IS_CHURN() THEN 'expansion'
    WHEN start_n = 0 AND COALESCE(days > REACTIVATION_DAYS(), FALSE) THEN 'new'
    WHEN start_n = 0 THEN 'reactivation'
    WHEN end_n = 0 AND NOT (end_free AND NOT FREE_IS_CHURN()) THEN 'churn'
    WHEN change_n > 0 THEN 'expansion'
    WHEN change_n < 0 THEN 'contraction'
    ELSE 'none'
  END AS kind
FROM known
