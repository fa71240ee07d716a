-- grain: account with counted items: what it pays for. The plan is the product of the largest licensed item by MRR, ties by name.
-- `discount_percent`: what discounts take off a month's amount, whole percent, half up.
WITH counted AS (
  SELECT
    o.account_id, i.product_name, i.quantity, i.current_period_end, i.missing, i.metered,
    MILLIONTHS(i.monthly_n, i.monthly_d) AS monthly,
    MONTH_OF(MILLIONTHS(i.amount_n, i.amount_d), i.recurring_interval, i.interval_count) AS listed,
    MONTH_OF(MILLIONTHS(i.left_n, i.left_d), i.recurring_interval, i.interval_count) AS kept,
    CASE WHEN i.interval_count = 1 THEN i.recurring_interval
      ELSE CAST(i.interval_count AS VARCHAR) || ' ' || i.recurring_interval || 's' END AS billing_interval
  FROM stripe_item AS i
  JOIN stripe_owner AS o ON o.customer_id = i.customer_id
  WHERE i.counted
), product AS (
  SELECT
    account_id, product_name, MAX(CASE WHEN NOT metered THEN monthly END) AS largest, MIN(missing) AS missing, SUM(quantity) AS quantity,
    SUM(listed) AS listed, SUM(kept) AS kept,
    MIN(current_period_end) AS renews, MIN(billing_interval) AS first_interval, MAX(billing_interval) AS last_interval
  FROM counted
  GROUP BY account_id, product_name
), ranked AS (
  SELECT
    account_id, product_name, largest, missing, quantity, listed, kept, renews, first_interval, last_interval,
    MAX(largest) OVER (PARTITION BY account_id) AS top
  FROM product
)
SELECT
  account_id,
  MIN(CASE WHEN largest = top THEN product_name END) AS plan,
  STRING_AGG(product_name, '; ' ORDER BY product_name) AS plans,
  CASE WHEN MIN(first_interval) = MAX(last_interval) THEN MIN(first_interval) ELSE 'mixed' END AS billing_interval,
  CAST(SUM(quantity) AS BIGINT) AS seats,
  EPOCH_DATE(MIN(renews)) AS renews_on,
  CAST(PCT(SUM(listed) - SUM(kept), SUM(listed)) AS BIGINT) AS discount_percent,
  MIN(missing) AS missing
FROM ranked
GROUP BY account_id
