-- grain: subscription item. The one relation that MRR is summed over: the `counted` items. `why_not` says why one is not counted,
-- `held` why a counted one's amount cannot be known, `missing` why not even what is sold. Each amount is a fraction n / d of minor
-- units: `amount` for the price's own period, `left` of that after discounts, `monthly` of that for a month, without included taxes.
WITH joined AS (
  SELECT
    l.customer_id, l.subscription_id, l.item_id, l.price_id, l.product_name, l.currency, l.quantity, l.metered,
    l.recurring_interval, l.interval_count, l.current_period_end, l.why_not, l.missing, l.unknown,
    a.item_id IS NOT NULL AS priced, d.item_id IS NOT NULL OR t.item_id IS NOT NULL AS lowered,
    a.amount_e12 AS amount_n, a.parts * CAST(1000000000000 AS HUGEINT) AS amount_d,
    CASE WHEN d.item_id IS NULL THEN a.amount_e12 ELSE d.left_n END AS left_n,
    CASE WHEN d.item_id IS NULL THEN a.parts * CAST(1000000000000 AS HUGEINT) ELSE d.left_d END AS left_d,
    COALESCE(t.net_n, 1) AS net_n, COALESCE(t.net_d, 1) AS net_d,
    MONTHS_N(l.recurring_interval) AS months_n, MONTHS_D(l.recurring_interval) * l.interval_count AS months_d
  FROM stripe_line AS l
  LEFT JOIN stripe_amount AS a ON a.subscription_id = l.subscription_id AND a.item_id = l.item_id
  LEFT JOIN stripe_discounted AS d ON d.subscription_id = l.subscription_id AND d.item_id = l.item_id
  LEFT JOIN stripe_tax AS t ON t.subscription_id = l.subscription_id AND t.item_id = l.item_id
), computed AS (
  SELECT
    customer_id, subscription_id, item_id, price_id, product_name, currency, quantity, metered, recurring_interval, interval_count,
    current_period_end, why_not, missing, unknown, priced, amount_n, amount_d, left_n, left_d,
    CASE WHEN lowered THEN TIMES(TIMES(left_n, months_n), net_n) ELSE left_n * months_n END AS monthly_n,
    CASE WHEN lowered THEN TIMES(TIMES(left_d, months_d), net_d) ELSE left_d * months_d END AS monthly_d
  FROM joined
)
SELECT
  c.customer_id, c.subscription_id, c.item_id, c.price_id, c.product_name, c.currency, c.quantity, c.metered,
  c.recurring_interval, c.interval_count, c.current_period_end, c.amount_n, c.amount_d, c.left_n, c.left_d, c.monthly_n, c.monthly_d,
  c.why_not IS NULL AS counted,
  c.why_not,
  CASE WHEN c.why_not IS NULL THEN c.missing END AS missing,
  CASE
    WHEN c.why_not IS NOT NULL THEN NULL
    WHEN c.missing IS NOT NULL THEN c.missing
    WHEN c.unknown IS NOT NULL THEN c.unknown
    WHEN u.unknown IS NOT NULL THEN u.unknown
    WHEN c.metered AND NOT c.priced THEN 'no closed period of metered item ' || c.item_id || ' was read'
    WHEN NOT c.priced THEN 'the amount of item ' || c.item_id || ' has more than twelve digits'
    WHEN c.monthly_n IS NULL OR c.monthly_d IS NULL
      THEN 'the discounts of item ' || c.item_id || ' leave too many digits to be computed exactly'
  END AS held
FROM computed AS c
LEFT JOIN (
  SELECT subscription_id, item_id, MIN(unknown) AS unknown FROM stripe_discount_item GROUP BY subscription_id, item_id
) AS u ON u.subscription_id = c.subscription_id AND u.item_id = c.item_id
