-- grain: item of a subscription that has discounts. Unit: 10^-12 minor units, after the discounts.
-- Step by step, item discounts first, each on what is left; an amount off is spread over its pool in proportion to what is left.
WITH RECURSIVE steps AS (
  SELECT subscription_id, step, MAX(step) OVER (PARTITION BY subscription_id) AS last_step
  FROM (SELECT DISTINCT subscription_id, step FROM stripe_discount) AS each_step
), remainder AS (
  SELECT a.subscription_id, a.item_id, CAST(0 AS BIGINT) AS step, a.amount_e12 AS left_e12
  FROM stripe_amount AS a
  JOIN (SELECT DISTINCT subscription_id FROM steps) AS s ON s.subscription_id = a.subscription_id
  UNION ALL
  SELECT
    subscription_id, item_id, step,
    CASE
      WHEN amount_off IS NULL THEN ROUND_DIV(left_e12 * kept, 100000000)
      WHEN E12(amount_off) >= pool_e12 THEN 0
      ELSE left_e12 - SHARE_E12(amount_off, left_e12, pool_e12)
    END AS left_e12
  FROM (
    SELECT
      r.subscription_id, r.item_id, n.step, r.left_e12, d.amount_off, COALESCE(d.kept, 100000000) AS kept,
      SUM(r.left_e12) OVER (PARTITION BY r.subscription_id, d.step, d.pool) AS pool_e12
    FROM remainder AS r
    JOIN steps AS n ON n.subscription_id = r.subscription_id AND n.step = r.step + 1
    LEFT JOIN stripe_discount_item AS d
      ON d.subscription_id = r.subscription_id AND d.item_id = r.item_id AND d.step = n.step
  ) AS next_step
)
SELECT r.subscription_id, r.item_id, r.left_e12
FROM remainder AS r
JOIN steps AS n ON n.subscription_id = r.subscription_id AND n.step = r.step AND n.step = n.last_step
