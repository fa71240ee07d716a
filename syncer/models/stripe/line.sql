-- grain: subscription item, with its price. `units` is the quantity after the price's packages. `missing`: why it cannot be told
-- what is sold, `unknown`: why it cannot be told what it costs.
SELECT
  s.customer_id, i.subscription_id, i.id AS item_id, i.price_id, p.product_id, p.product_name,
  COALESCE(s.currency, p.currency) AS currency, p.tiers_mode, p.recurring_interval, p.interval_count,
  i.quantity, i.current_period_end,
  CASE
    WHEN p.metered THEN NULL
    WHEN p.divide_by IS NULL THEN i.quantity
    ELSE PACKAGES(i.quantity, p.divide_by, p.round_up)
  END AS units,
  CASE
    WHEN s.why_not IS NOT NULL THEN s.why_not
    WHEN p.metered THEN 'the price is metered'
    WHEN p.price_id IS NOT NULL AND p.recurring_interval IS NULL THEN 'the price is one-time'
  END AS why_not,
  CASE
    WHEN s.held IS NOT NULL THEN s.held
    WHEN p.price_id IS NULL THEN 'price ' || i.price_id || ' was not read'
    WHEN i.quantity IS NULL AND NOT p.metered THEN 'item ' || i.id || ' has no quantity'
  END AS missing,
  CASE
    WHEN p.recurring_interval NOT IN ('day', 'week', 'month', 'year')
      THEN 'price ' || i.price_id || ' has the unknown interval ' || p.recurring_interval
    WHEN p.currency <> s.currency
      THEN 'price ' || i.price_id || ' is in ' || p.currency || ', subscription ' || i.subscription_id || ' in ' || s.currency
    WHEN NOT p.priced AND p.billing_scheme = 'tiered' THEN 'the tiers of price ' || i.price_id || ' were not read'
    WHEN NOT p.priced THEN 'price ' || i.price_id || ' has no amount'
  END AS unknown
FROM stripe.subscription_item AS i
JOIN stripe_subscription AS s ON s.subscription_id = i.subscription_id
LEFT JOIN stripe_price AS p ON p.price_id = i.price_id
