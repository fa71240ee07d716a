-- grain: subscription whose metadata says what it counts for, under the key of the policy. `said`: include, exclude, amount (major units a
-- month) or unclear.
WITH written AS (
  SELECT owner_id AS subscription_id, LOWER(TRIM(value)) AS word, TRY_CAST(TRIM(value) AS DECIMAL(24, 12)) AS amount, value
  FROM stripe.subscription_key
  WHERE key = OVERRIDE_KEY()
)
SELECT
  subscription_id, value,
  CASE WHEN word IN ('include', 'exclude') THEN word WHEN amount >= 0 THEN 'amount' ELSE 'unclear' END AS said,
  CASE WHEN amount >= 0 THEN amount END AS amount
FROM written
