-- grain: account with counted items: what it pays for. The plan is the product of the largest item by MRR, ties by name.
WITH counted AS (
  SELECT
    o.account_id, i.product_name, i.quantity, i.current_period_end, i.monthly_e12, i.missing,
    CASE WHEN i.interval_count = 1 THEN i.recurring_interval
      ELSE CAST(i.interval_count AS VARCHAR) || ' ' || i.recurring_interval || 's' END AS billing_interval
  FROM stripe_item AS i
  JOIN stripe_owner AS o ON o.customer_id = i.customer_id
  WHERE i.counted
), product AS (
  SELECT
    account_id, product_name, MAX(monthly_e12) AS largest_e12, MIN(missing) AS missing, SUM(quantity) AS quantity,
    MIN(current_period_end) AS renews, MIN(billing_interval) AS first_interval, MAX(billing_interval) AS last_interval
  FROM counted
  GROUP BY account_id, product_name
), ranked AS (
  SELECT
    account_id, product_name, largest_e12, missing, quantity, renews, first_interval, last_interval,
    MAX(largest_e12) OVER (PARTITION BY account_id) AS top_e12
  FROM product
)
SELECT
  account_id,
  MIN(CASE WHEN largest_e12 = top_e12 THEN product_name END) AS plan,
  STRING_AGG(product_name, '; ' ORDER BY product_name) AS plans,
  CASE WHEN MIN(first_interval) = MAX(last_interval) THEN MIN(first_interval) ELSE 'mixed' END AS billing_interval,
  CAST(SUM(quantity) AS BIGINT) AS seats,
  EPOCH_DATE(MIN(renews)) AS renews_on,
  MIN(missing) AS missing
FROM ranked
GROUP BY account_id
