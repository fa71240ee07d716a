-- grain: discount that lowers MRR, per subscription, or per item where `item_id` is given. A customer's discount stands here once for
-- each of its subscriptions that has no counted discount of its own; a subscription whose metadata says its amount has none at all.
-- `kept` is what a percentage leaves, in 10^-8; `step` the order: the items' first, each item's in its order, then the subscription's.
WITH attached AS (
  SELECT
    subscription_id, item_id, id, coupon_id, starts, ends, position, CASE WHEN item_id IS NULL THEN 1 ELSE 0 END AS level
  FROM stripe.subscription_discount
  UNION ALL
  SELECT s.subscription_id, NULL AS item_id, d.id, d.coupon_id, d.starts, d.ends, 0 AS position, 2 AS level
  FROM stripe.customer_discount AS d
  JOIN stripe_subscription AS s ON s.customer_id = d.customer_id
), counted AS (
  SELECT
    d.subscription_id, d.item_id, d.id, d.coupon_id, d.position, d.level, c.currency, CAST(c.amount_off AS HUGEINT) AS amount_off,
    100000000 - CAST(COALESCE(c.percent_off, 0) * 1000000 AS BIGINT) AS kept,
    CASE WHEN c.percent_off IS NULL AND c.amount_off IS NULL THEN 'coupon ' || d.coupon_id || ' was not read' END AS unknown,
    MIN(CASE WHEN d.level > 0 THEN d.level END) OVER (PARTITION BY d.subscription_id) AS winning_level,
    ROW_NUMBER() OVER (PARTITION BY d.subscription_id, d.item_id, d.id ORDER BY d.position) AS seen
  FROM attached AS d
  LEFT JOIN stripe.coupon AS c ON c.id = d.coupon_id
  LEFT JOIN stripe_override AS o ON o.subscription_id = d.subscription_id
  WHERE DISCOUNTS_MATTER() AND COALESCE(o.said, '') <> 'amount' AND (d.ends IS NULL OR d.ends > AS_OF()) AND DISCOUNT_HAS_BEGUN(d.starts)
    AND (c.id IS NULL OR DISCOUNT_COUNTS(c.duration))
)
SELECT
  subscription_id, item_id, coupon_id, currency, amount_off, kept, unknown,
  ROW_NUMBER() OVER (PARTITION BY subscription_id ORDER BY level, position, item_id, id) AS step
FROM counted
WHERE seen = 1 AND (level = 0 OR level = winning_level)
