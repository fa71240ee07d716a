-- grain: currency that can be told in the reporting currency: the newest rate that is not after the day of `as_of`. A minor unit of it is
-- `factor_n` / `factor_d` minor units of the reporting currency, reduced.
WITH dated AS (
  SELECT currency, day, rate, ROW_NUMBER() OVER (PARTITION BY currency ORDER BY day DESC) AS place
  FROM money.rate
  WHERE quote = REPORTING() AND currency <> REPORTING() AND day <= TODAY_UTC()
), chosen AS (
  SELECT currency, day, rate FROM dated WHERE place = 1
  UNION ALL
  SELECT REPORTING() AS currency, NULL AS day, CAST(1 AS DECIMAL(24, 12)) AS rate WHERE REPORTING() IS NOT NULL
), scaled AS (
  SELECT
    currency, day, rate, E12(rate) * MINOR_UNITS(REPORTING()) AS n,
    CAST(1000000000000 * MINOR_UNITS(currency) AS HUGEINT) AS d
  FROM chosen
)
SELECT currency, day, rate, REDUCED(n, d) AS factor_n, REDUCED(d, n) AS factor_d
FROM scaled
