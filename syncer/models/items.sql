-- grain: subscription item, for reading: stripe_item with amounts in minor units. Its counted monthly amounts add up to MRR.
SELECT
  customer_id, subscription_id, item_id, price_id, product_name, quantity, currency,
  recurring_interval, interval_count,
  FROM_E12(amount_e12) AS amount, FROM_E12(discount_e12) AS discount, FROM_E12(monthly_e12) AS monthly,
  counted, why_not, held
FROM stripe_item
