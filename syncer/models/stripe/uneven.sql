-- grain: customer x currency whose counted items have different denominators: their sum n / d, exact. NULL where 128 bits do not hold it.
WITH RECURSIVE mixed AS (
  SELECT customer_id, currency
  FROM stripe_item
  WHERE counted AND held IS NULL
  GROUP BY customer_id, currency
  HAVING MIN(monthly_d) <> MAX(monthly_d)
), summed AS (
  SELECT i.customer_id, i.currency, i.monthly_d AS d, SUM(i.monthly_n) AS n
  FROM stripe_item AS i
  JOIN mixed AS m ON m.customer_id = i.customer_id AND m.currency = i.currency
  WHERE i.counted AND i.held IS NULL
  GROUP BY i.customer_id, i.currency, i.monthly_d
), part AS (
  SELECT
    customer_id, currency, REDUCED(n, d) AS n, REDUCED(d, n) AS d,
    ROW_NUMBER() OVER (PARTITION BY customer_id, currency ORDER BY d) AS place,
    COUNT(*) OVER (PARTITION BY customer_id, currency) AS places
  FROM summed
), folded AS (
  SELECT customer_id, currency, place, places, n, d FROM part WHERE place = 1
  UNION ALL
  SELECT
    f.customer_id, f.currency, p.place, p.places,
    TIMES(f.n, REDUCED(p.d, f.d)) + TIMES(p.n, REDUCED(f.d, p.d)) AS n,
    TIMES(f.d, REDUCED(p.d, f.d)) AS d
  FROM folded AS f
  JOIN part AS p ON p.customer_id = f.customer_id AND p.currency = f.currency AND p.place = f.place + 1
)
SELECT customer_id, currency, n, d FROM folded WHERE place = places
