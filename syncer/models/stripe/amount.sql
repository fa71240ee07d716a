-- grain: subscription item of a known price and quantity. Unit: 10^-12 minor units for the price's own period, before discounts.
-- A graduated price adds up its tiers, a volume price charges all units in the tier that the quantity falls in; the first
-- tier's flat amount is charged also at quantity 0. Stripe's amounts have at most twelve digits: longer ones are left out, so
-- that what is computed from here stays within 128 bits.
WITH summed AS (
  SELECT
    l.subscription_id, l.item_id,
    SUM(t.flat_e12 + t.unit_e12 * CASE
      WHEN l.tiers_mode = 'volume' THEN l.units
      ELSE LEAST(l.units, COALESCE(t.up_to, l.units)) - t.above END) AS amount_e12
  FROM stripe_line AS l
  JOIN stripe_tier AS t
    ON t.price_id = l.price_id
    AND (t.above < l.units OR t.above = 0)
    AND (COALESCE(l.tiers_mode, '') <> 'volume' OR l.units <= COALESCE(t.up_to, l.units))
  WHERE l.units IS NOT NULL AND l.missing IS NULL AND l.unknown IS NULL
  GROUP BY l.subscription_id, l.item_id
)
SELECT subscription_id, item_id, amount_e12 FROM summed WHERE amount_e12 < 1000000000000000000000000
