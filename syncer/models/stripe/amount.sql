-- grain: subscription item of a known price and quantity. Before discounts, for the price's own period: `amount_e12` / `parts` in 10^-12
-- minor units. A graduated price adds up its tiers, a volume price charges all units in the tier that the quantity falls in; the first
-- tier's flat amount is charged also at quantity 0 (a switch). Stripe's amounts have at most twelve digits: longer ones are left
-- out, so that what is computed from here stays within 128 bits.
WITH summed AS (
  SELECT
    l.subscription_id, l.item_id,
    SUM(CASE WHEN l.units < FLAT_FROM() THEN 0 ELSE t.flat_e12 + t.unit_e12 * CASE
      WHEN l.tiers_mode = 'volume' THEN l.units
      ELSE LEAST(l.units, COALESCE(t.up_to, l.units)) - t.above END END) AS amount_e12,
    1 AS parts
  FROM stripe_line AS l
  JOIN stripe_tier AS t
    ON t.price_id = l.price_id
    AND (t.above < l.units OR t.above = 0)
    AND (COALESCE(l.tiers_mode, '') <> 'volume' OR l.units <= COALESCE(t.up_to, l.units))
  WHERE l.units IS NOT NULL AND l.recurring_interval IS NOT NULL AND l.missing IS NULL AND l.unknown IS NULL
  GROUP BY l.subscription_id, l.item_id
  UNION ALL
  SELECT l.subscription_id, l.item_id, m.amount_e12, m.parts
  FROM stripe_line AS l
  JOIN stripe_metered AS m ON m.item_id = l.item_id
  WHERE l.metered AND l.recurring_interval IS NOT NULL AND l.missing IS NULL AND l.unknown IS NULL
  UNION ALL
  SELECT o.subscription_id, 'metadata' AS item_id, E12(o.amount) * MINOR_UNITS(s.currency) AS amount_e12, 1 AS parts
  FROM stripe_override AS o
  JOIN stripe_subscription AS s ON s.subscription_id = o.subscription_id
  WHERE o.said = 'amount'
)
SELECT subscription_id, item_id, amount_e12, parts FROM summed WHERE amount_e12 < 1000000000000000000000000
