-- grain: subscription item. The one relation that MRR is summed over: the `counted` items. `why_not` says why one is not counted,
-- `held` why a counted one's amount cannot be known, `missing` why not even what is sold. Unit: 10^-12 minor units; `amount_e12` and `discount_e12` for the price's own
-- period, `monthly_e12` for a month after discounts.
SELECT
  l.customer_id, l.subscription_id, l.item_id, l.price_id, l.product_name, l.currency, l.quantity,
  l.recurring_interval, l.interval_count, l.current_period_end,
  a.amount_e12,
  a.amount_e12 - COALESCE(d.left_e12, a.amount_e12) AS discount_e12,
  MONTHLY(COALESCE(d.left_e12, a.amount_e12), l.recurring_interval, l.interval_count) AS monthly_e12,
  l.why_not IS NULL AS counted,
  l.why_not,
  CASE WHEN l.why_not IS NULL THEN l.missing END AS missing,
  CASE
    WHEN l.why_not IS NOT NULL THEN NULL
    WHEN l.missing IS NOT NULL THEN l.missing
    WHEN l.unknown IS NOT NULL THEN l.unknown
    WHEN a.item_id IS NULL THEN 'the amount of item ' || l.item_id || ' has more than twelve digits'
    ELSE c.unknown
  END AS held
FROM stripe_line AS l
LEFT JOIN stripe_amount AS a ON a.subscription_id = l.subscription_id AND a.item_id = l.item_id
LEFT JOIN stripe_discounted AS d ON d.subscription_id = l.subscription_id AND d.item_id = l.item_id
LEFT JOIN (
  SELECT subscription_id, item_id, MIN(unknown) AS unknown FROM stripe_discount_item GROUP BY subscription_id, item_id
) AS c ON c.subscription_id = l.subscription_id AND c.item_id = l.item_id
