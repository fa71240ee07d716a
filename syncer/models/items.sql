-- grain: subscription item, for reading: stripe_item. Its counted monthly amounts add up to MRR. Every amount is n / d minor units.
SELECT
  customer_id, subscription_id, item_id, price_id, product_name, quantity, currency,
  recurring_interval, interval_count, metered, amount_n, amount_d, left_n, left_d, monthly_n, monthly_d,
  counted, why_not, held
FROM stripe_item
