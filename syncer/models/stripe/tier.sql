-- grain: price x tier. Every price is a list of tiers: a flat price is one tier from 0 without end.
-- `above` is the quantity that the tier begins after, `up_to` its last one (NULL: the rest). Unit: 10^-12 minor units.
SELECT
  id AS price_id, CAST(0 AS BIGINT) AS above, CAST(NULL AS BIGINT) AS up_to,
  E12(unit_amount) AS unit_e12, CAST(0 AS HUGEINT) AS flat_e12
FROM stripe.price
WHERE COALESCE(billing_scheme, 'per_unit') <> 'tiered' AND unit_amount IS NOT NULL
UNION ALL
SELECT
  price_id, COALESCE(LAG(up_to) OVER (PARTITION BY price_id ORDER BY position), 0) AS above, up_to,
  E12(COALESCE(unit_amount, 0)) AS unit_e12, E12(COALESCE(flat_amount, 0)) AS flat_e12
FROM stripe.price_tier
