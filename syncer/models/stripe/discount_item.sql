-- grain: discount x item that it lowers; the items of one discount share its amount off. An amount off in another currency takes nothing.
SELECT
  l.subscription_id, l.item_id, d.step, d.kept, d.unknown,
  CASE WHEN d.amount_off IS NULL THEN NULL WHEN d.currency = l.currency THEN d.amount_off ELSE 0 END AS amount_off
FROM stripe_discount AS d
JOIN stripe_line AS l ON l.subscription_id = d.subscription_id AND l.item_id = COALESCE(d.item_id, l.item_id)
LEFT JOIN (SELECT DISTINCT coupon_id FROM stripe.coupon_product) AS r ON r.coupon_id = d.coupon_id
LEFT JOIN stripe.coupon_product AS a ON a.coupon_id = d.coupon_id AND a.product_id = l.product_id
WHERE r.coupon_id IS NULL OR a.coupon_id IS NOT NULL
