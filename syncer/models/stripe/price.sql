-- grain: price. `priced` is false when the amount, the tiers or the last tier (the one without end) did not arrive.
SELECT
  p.id AS price_id, p.product_id, COALESCE(d.name, p.nickname) AS product_name, p.currency,
  p.billing_scheme, p.tiers_mode, COALESCE(p.usage_type, 'licensed') = 'metered' AS metered,
  p.recurring_interval, COALESCE(p.interval_count, 1) AS interval_count, p.divide_by, COALESCE(p.round_up, FALSE) AS round_up,
  t.price_id IS NOT NULL AS priced
FROM stripe.price AS p
LEFT JOIN stripe.product AS d ON d.id = p.product_id
LEFT JOIN (SELECT DISTINCT price_id FROM stripe_tier WHERE up_to IS NULL) AS t ON t.price_id = p.id
