-- grain: metered subscription item with a closed period, where the policy counts metered items. What it came to on average in its last
-- periods, three at most: `amount_e12` / `parts`; no row where an amount of theirs is not known. Unit: 10^-12 minor units for the price's
-- own period.
WITH period AS (
  SELECT l.subscription_item_id AS item_id, l.period_start, l.period_end, 
    CASE WHEN COUNT(l.amount) = COUNT(*) THEN SUM(E12(l.amount)) END AS amount_e12
  FROM stripe.invoice_line AS l
  LEFT JOIN stripe.invoice AS i ON i.id = l.invoice_id
  WHERE METERED_COUNTS() AND l.period_end <= AS_OF()
    AND (l.invoice_id IS NULL OR i.status IN ('open', 'paid', 'uncollectible') AND NOT COALESCE(i.deleted, FALSE))
  GROUP BY l.subscription_item_id, l.period_start, l.period_end
), ranked AS (
  SELECT item_id, amount_e12, ROW_NUMBER() OVER (PARTITION BY item_id ORDER BY period_end DESC, period_start DESC) AS place
  FROM period
)
SELECT item_id, CASE WHEN SUM(amount_e12) < 0 THEN 0 ELSE SUM(amount_e12) END AS amount_e12, COUNT(*) AS parts
FROM ranked
WHERE place <= 3
GROUP BY item_id
HAVING COUNT(amount_e12) = COUNT(*)
