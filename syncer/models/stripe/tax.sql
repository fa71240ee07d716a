-- grain: subscription item whose price includes taxes of known rates. Without them `net_n` / `net_d` of it is left, reduced. An item's own
-- rates stand in for the subscription's.
WITH own AS (
  SELECT DISTINCT subscription_id, item_id FROM stripe.subscription_tax WHERE item_id IS NOT NULL
), included AS (
  SELECT
    i.subscription_id, i.id AS item_id, CAST(100000000 + SUM(CAST(t.percentage * 1000000 AS BIGINT)) AS HUGEINT) AS gross
  FROM stripe.subscription_tax AS t
  JOIN stripe.subscription_item AS i ON i.subscription_id = t.subscription_id
  LEFT JOIN own AS o ON o.subscription_id = i.subscription_id AND o.item_id = i.id
  WHERE TAX_IS_STRIPPED() AND t.inclusive AND t.item_id IS NOT DISTINCT FROM o.item_id
  GROUP BY i.subscription_id, i.id
)
SELECT subscription_id, item_id, REDUCED(100000000, gross) AS net_n, REDUCED(gross, 100000000) AS net_d
FROM included
