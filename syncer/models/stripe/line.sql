-- grain: subscription item, with its price; and one line for a subscription whose metadata says its amount. `units` is the quantity after
-- the price's packages. `missing`: why it cannot be told what is sold, `unknown`: why it cannot be told what it costs.
WITH sold AS (
  SELECT
    s.customer_id, i.subscription_id, i.id AS item_id, i.price_id, p.product_id, p.product_name,
    COALESCE(s.currency, p.currency) AS currency, p.tiers_mode, p.recurring_interval, p.interval_count, p.metered,
    i.quantity, i.current_period_end,
    CASE
      WHEN p.metered THEN NULL
      WHEN p.divide_by IS NULL THEN i.quantity
      ELSE PACKAGES(i.quantity, p.divide_by, p.round_up)
    END AS units,
    CASE
      WHEN s.why_not IS NOT NULL THEN s.why_not
      WHEN s.said = 'amount' THEN 'the subscription''s metadata says its amount'
      WHEN p.metered AND NOT METERED_COUNTS() THEN 'the price is metered'
      WHEN p.price_id IS NOT NULL AND p.recurring_interval IS NULL THEN 'the price is one-time'
    END AS why_not,
    CASE
      WHEN s.held IS NOT NULL THEN s.held
      WHEN p.price_id IS NULL THEN 'price ' || i.price_id || ' was not read'
      WHEN i.quantity IS NULL AND NOT p.metered THEN 'item ' || i.id || ' has no quantity'
    END AS missing,
    CASE
      WHEN p.recurring_interval NOT IN ('day', 'week', 'month', 'year') OR p.interval_count < 1
        THEN 'price ' || i.price_id || ' has the unknown interval '
          || CASE WHEN p.interval_count < 1 THEN CAST(p.interval_count AS VARCHAR) || ' ' ELSE '' END || p.recurring_interval
      WHEN p.currency <> s.currency
        THEN 'price ' || i.price_id || ' is in ' || p.currency || ', subscription ' || i.subscription_id || ' in ' || s.currency
      WHEN NOT COALESCE(KNOWN_CURRENCY(COALESCE(s.currency, p.currency)), FALSE)
        THEN 'price ' || i.price_id || ' has the unknown currency ' || COALESCE(s.currency, p.currency, '(none)')
      WHEN p.metered THEN NULL
      WHEN NOT p.priced AND p.billing_scheme = 'tiered' THEN 'the tiers of price ' || i.price_id || ' were not read'
      WHEN NOT p.priced THEN 'price ' || i.price_id || ' has no amount'
    END AS unknown
  FROM stripe.subscription_item AS i
  JOIN stripe_subscription AS s ON s.subscription_id = i.subscription_id
  LEFT JOIN stripe_price AS p ON p.price_id = i.price_id
), product AS (
  SELECT i.subscription_id, MIN(p.product_name) AS product_name
  FROM stripe.subscription_item AS i
  JOIN stripe_override AS o ON o.subscription_id = i.subscription_id
  JOIN stripe_price AS p ON p.price_id = i.price_id
  GROUP BY i.subscription_id
)
SELECT
  customer_id, subscription_id, item_id, price_id, product_id, product_name, currency, tiers_mode, recurring_interval, interval_count,
  metered, quantity, current_period_end, units, why_not, missing, unknown
FROM sold
UNION ALL
SELECT
  s.customer_id, s.subscription_id, 'metadata' AS item_id, NULL AS price_id, NULL AS product_id, p.product_name, s.currency,
  NULL AS tiers_mode, 'month' AS recurring_interval, 1 AS interval_count, FALSE AS metered, NULL AS quantity, NULL AS current_period_end,
  NULL AS units, s.why_not, NULL AS missing,
  CASE WHEN NOT COALESCE(KNOWN_CURRENCY(s.currency), FALSE)
    THEN 'subscription ' || s.subscription_id || ' has the unknown currency ' || COALESCE(s.currency, '(none)') END AS unknown
FROM stripe_subscription AS s
LEFT JOIN product AS p ON p.subscription_id = s.subscription_id
WHERE s.said = 'amount'
