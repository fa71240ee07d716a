-- grain: period × currency of the books × asked segment × band. Amounts in 1/WORTH_D() minor units, counts of accounts. Who is unknown is in
-- no sum. `even_n` is the end at the start's rates (the same where nothing is converted), `kept_n` what was kept of the start, per account.
WITH counted AS (
  SELECT
    from_month, to_month, currency, segment, band, kind, start_n, even_n, end_n, change_n, start_paid AND kind <> 'unknown' AS at_start,
    CASE WHEN kind <> 'unknown' THEN 1 ELSE 0 END AS known
  FROM churn_member
)
SELECT
  from_month, to_month, currency, segment, band,
  SUM(CASE WHEN known = 0 THEN 0 ELSE start_n END) AS start_n,
  SUM(CASE WHEN known = 0 THEN 0 ELSE even_n END) AS even_n,
  SUM(CASE WHEN known = 0 THEN 0 ELSE end_n END) AS end_n,
  SUM(CASE WHEN kind = 'new' THEN change_n ELSE 0 END) AS new_n,
  SUM(CASE WHEN kind = 'expansion' THEN change_n ELSE 0 END) AS expansion_n,
  SUM(CASE WHEN kind = 'contraction' THEN -change_n ELSE 0 END) AS contraction_n,
  SUM(CASE WHEN kind = 'churn' THEN -change_n ELSE 0 END) AS churn_n,
  SUM(CASE WHEN kind = 'reactivation' THEN change_n ELSE 0 END) AS reactivation_n,
  SUM(CASE WHEN known = 0 THEN 0 WHEN even_n < start_n THEN even_n ELSE start_n END) AS kept_n,
  COUNT(CASE WHEN at_start THEN 1 END) AS accounts_at_start,
  COUNT(CASE WHEN kind = 'new' THEN 1 END) AS accounts_new,
  COUNT(CASE WHEN kind = 'churn' THEN 1 END) AS accounts_churned,
  COUNT(CASE WHEN kind = 'unknown' THEN 1 END) AS accounts_unknown
FROM counted
GROUP BY from_month, to_month, currency, segment, band
