-- grain: account with counted items: what it pays for. The plan is the product of the largest item by MRR, ties by name; unknown
-- when an item's amount is unknown and there are several products.
WITH counted AS (
  SELECT
    o.account_id, i.product_name, i.quantity, i.current_period_end, i.monthly_e12, i.held,
    CASE WHEN i.interval_count = 1 THEN i.recurring_interval
      ELSE CAST(i.interval_count AS VARCHAR) || ' ' || i.recurring_interval || 's' END AS billing_interval
  FROM stripe_item AS i
  JOIN stripe_owner AS o ON o.customer_id = i.customer_id
  WHERE i.counted
), product AS (
  SELECT
    account_id, product_name, MAX(monthly_e12) AS largest_e12, COUNT(held) AS held,
    SUM(quantity) AS quantity, COUNT(*) - COUNT(quantity) AS without_quantity,
    MIN(current_period_end) AS renews, MIN(billing_interval) AS first_interval, MAX(billing_interval) AS last_interval
  FROM counted
  GROUP BY account_id, product_name
), ranked AS (
  SELECT
    account_id, product_name, largest_e12, held, quantity, without_quantity, renews, first_interval, last_interval,
    MAX(largest_e12) OVER (PARTITION BY account_id) AS top_e12
  FROM product
)
SELECT
  account_id,
  CASE
    WHEN COUNT(*) = 1 THEN MIN(product_name)
    WHEN SUM(held) = 0 THEN MIN(CASE WHEN largest_e12 = top_e12 THEN product_name END)
  END AS plan,
  STRING_AGG(product_name, '; ' ORDER BY product_name) AS plans,
  CASE WHEN MIN(first_interval) = MAX(last_interval) THEN MIN(first_interval) ELSE 'mixed' END AS billing_interval,
  CASE WHEN SUM(without_quantity) = 0 THEN CAST(SUM(quantity) AS BIGINT) END AS seats,
  EPOCH_DATE(MIN(renews)) AS renews_on
FROM ranked
GROUP BY account_id
