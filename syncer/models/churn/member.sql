-- grain: period × account × currency of the books × asked segment, `all` with band NULL; only who paid, moved or is not known.
-- Bands are those of the start: `none` who paid nothing then, `unknown` where the band, or what was paid, is not known.
WITH placed AS (
  SELECT
    from_month, to_month, account, currency, start_n, even_n, end_n, change_n, start_paid, kind,
    CASE WHEN start_n IS NULL THEN 'unknown' WHEN NOT start_paid THEN 'none' END AS apart,
    MONTH_NUMBER(from_month) - MONTH_NUMBER(first_paid) AS tenure
  FROM churn_movement
  WHERE start_paid OR kind <> 'none'
), asked AS (
  SELECT DISTINCT segment FROM churn.segment
)
SELECT from_month, to_month, account, currency, 'all' AS segment, CAST(NULL AS VARCHAR) AS band, start_n, even_n, end_n, change_n, start_paid, kind
FROM placed
UNION ALL
SELECT
  from_month, to_month, account, currency, 'contract_size' AS segment, COALESCE(apart, SIZE_BAND(start_n, currency)) AS band,
  start_n, even_n, end_n, change_n, start_paid, kind
FROM placed
WHERE ASKED('contract_size')
UNION ALL
SELECT
  from_month, to_month, account, currency, 'tenure' AS segment, COALESCE(apart, TENURE_BAND(tenure)) AS band,
  start_n, even_n, end_n, change_n, start_paid, kind
FROM placed
WHERE ASKED('tenure')
UNION ALL
SELECT
  p.from_month, p.to_month, p.account, p.currency, k.segment,
  COALESCE(NULLIF(s.band, ''), CASE WHEN p.start_paid OR p.start_n IS NULL THEN 'unknown' ELSE 'none' END) AS band,
  p.start_n, p.even_n, p.end_n, p.change_n, p.start_paid, p.kind
FROM placed AS p
CROSS JOIN asked AS k
LEFT JOIN churn.segment AS s ON s.segment = k.segment AND s.account = p.account AND s.month = p.from_month
