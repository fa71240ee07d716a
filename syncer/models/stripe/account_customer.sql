-- grain: account with a matched Stripe customer. Of several customers the one with the largest MRR stands for it, ties by id.
WITH paid AS (
  SELECT customer_id, SUM(mrr_minor) AS mrr_minor FROM stripe_customer_mrr GROUP BY customer_id
), ranked AS (
  SELECT
    o.account_id, o.customer_id, o.currency, o.delinquent, o.livemode,
    ROW_NUMBER() OVER (PARTITION BY o.account_id ORDER BY COALESCE(p.mrr_minor, -1) DESC, o.customer_id) AS place
  FROM stripe_owner AS o
  LEFT JOIN paid AS p ON p.customer_id = o.customer_id
)
SELECT
  account_id,
  COUNT(*) AS customers,
  MAX(CASE WHEN place = 1 THEN customer_id END) AS customer_id,
  MAX(CASE WHEN place = 1 THEN CASE
    WHEN livemode THEN 'https://dashboard.stripe.com/customers/'
    WHEN NOT livemode THEN 'https://dashboard.stripe.com/test/customers/' END END) AS url_base,
  CASE WHEN MIN(currency) = MAX(currency) THEN MIN(currency) END AS currency,
  MAX(CASE WHEN delinquent THEN 1 ELSE 0 END) = 1 AS delinquent
FROM ranked
GROUP BY account_id
