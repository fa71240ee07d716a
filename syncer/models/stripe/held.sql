-- grain: customer x currency (NULL: none known) whose MRR cannot be known, with one reason and how many there are.
WITH reason AS (
  SELECT customer_id, currency, held FROM stripe_item WHERE held IS NOT NULL
  UNION
  SELECT customer_id, currency, held FROM stripe_subscription WHERE held IS NOT NULL
)
SELECT customer_id, currency, MIN(held) AS reason, COUNT(*) AS reasons
FROM reason
GROUP BY customer_id, currency
