-- grain: item of a subscription that has discounts. `left_n` / `left_d` minor units are left after all of them, exact and reduced; NULL
-- where 128 bits do not hold them.
-- Step by step, one discount each: every discount is a fraction k / q of what is left that it leaves. An amount off leaves
-- (pool - amount) / pool of each item in its pool; of an item alone, all but the amount. The items of a subscription share one
-- denominator; what divides it and all of them is divided out after every step.
WITH RECURSIVE discounted AS (
  SELECT DISTINCT subscription_id FROM stripe_discount
), scaled AS (
  SELECT a.subscription_id, a.item_id, a.amount_e12 * WHOLE_DIV(6, a.parts) AS amount
  FROM stripe_amount AS a
  JOIN discounted AS s ON s.subscription_id = a.subscription_id
), shared AS (
  SELECT subscription_id, item_id, amount, MIN(EVEN(amount)) OVER (PARTITION BY subscription_id) AS divisor
  FROM scaled
), remainder AS (
  SELECT
    subscription_id, item_id, CAST(0 AS BIGINT) AS step,
    WHOLE_DIV(amount, divisor) AS n, CAST(WHOLE_DIV(6000000000000, divisor) AS HUGEINT) AS d
  FROM shared
  UNION ALL
  SELECT
    subscription_id, item_id, step,
    CASE WHEN divides THEN WHOLE_DIV(n, divisor) ELSE n END AS n,
    CASE WHEN divides THEN WHOLE_DIV(d, divisor) ELSE d END AS d
  FROM (
    SELECT subscription_id, item_id, step, n, d, divisor, MAX(n % divisor) OVER (PARTITION BY subscription_id) = 0 AS divides
    FROM (
      SELECT subscription_id, item_id, step, n, d, MIN(GCD(n, d)) OVER (PARTITION BY subscription_id) AS divisor
      FROM (
        SELECT
          subscription_id, item_id, step,
          CASE
            WHEN alone AND lowered THEN CASE WHEN n <= off THEN 0 ELSE n - off END
            WHEN alone THEN n
            WHEN lowered THEN TIMES(n, REDUCED(k, q))
            ELSE TIMES(n, REDUCED(q, k)) END AS n,
          CASE WHEN alone THEN d ELSE TIMES(d, REDUCED(q, k)) END AS d
        FROM (
          SELECT
            subscription_id, item_id, step, n, d, lowered, off, off IS NOT NULL AND largest = pool AS alone,
            CAST(CASE WHEN percent THEN kept WHEN pool = 0 THEN 1 WHEN pool <= off THEN 0 ELSE pool - off END AS HUGEINT) AS k,
            CAST(CASE WHEN percent THEN 100000000 WHEN pool = 0 THEN 1 ELSE pool END AS HUGEINT) AS q
          FROM (
            SELECT
              r.subscription_id, r.item_id, s.step, r.n, r.d, s.kept, i.item_id IS NOT NULL AS lowered, s.amount_off IS NULL AS percent,
              TIMES(r.d, MAX(i.amount_off) OVER (PARTITION BY r.subscription_id)) AS off,
              MAX(CASE WHEN i.item_id IS NULL THEN 0 ELSE r.n END) OVER (PARTITION BY r.subscription_id) AS largest,
              SUM(CASE WHEN i.item_id IS NULL THEN 0 ELSE r.n END) OVER (PARTITION BY r.subscription_id) AS pool
            FROM remainder AS r
            JOIN stripe_discount AS s ON s.subscription_id = r.subscription_id AND s.step = r.step + 1
            LEFT JOIN stripe_discount_item AS i
              ON i.subscription_id = r.subscription_id AND i.item_id = r.item_id AND i.step = s.step
          ) AS pooled
        ) AS factored
      ) AS lowered_by_step
    ) AS divided
  ) AS reduced
), last_step AS (
  SELECT subscription_id, MAX(step) AS step FROM stripe_discount GROUP BY subscription_id
)
SELECT r.subscription_id, r.item_id, REDUCED(r.n, r.d) AS left_n, REDUCED(r.d, r.n) AS left_d
FROM remainder AS r
JOIN last_step AS s ON s.subscription_id = r.subscription_id AND s.step = r.step
