-- grain: customer x currency of its counted items. Unit: whole minor units, rounded here and nowhere else. ARR is twelve times the
-- exact MRR. Both are NULL while an item's amount is unknown.
SELECT
  customer_id, currency,
  CASE WHEN COUNT(held) = 0 THEN TO_MINOR(SUM(monthly_e12)) END AS mrr_minor,
  CASE WHEN COUNT(held) = 0 THEN TO_MINOR(12 * SUM(monthly_e12)) END AS arr_minor
FROM stripe_item
WHERE counted
GROUP BY customer_id, currency
