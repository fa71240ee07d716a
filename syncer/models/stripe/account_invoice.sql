-- grain: account with an invoice that is no draft. `first_paid`: when one with an amount was first paid; `open_minor`: what is still owed, of one currency.
SELECT
  o.account_id,
  MIN(CASE WHEN i.status = 'paid' AND i.amount_paid > 0 THEN i.paid_at END) AS first_paid,
  CAST(SUM(CASE WHEN i.status = 'open' THEN i.amount_remaining ELSE 0 END) AS BIGINT) AS open_minor,
  MIN(CASE WHEN i.status = 'open' THEN i.currency END) AS open_currency,
  MAX(CASE WHEN i.status = 'open' THEN i.currency END) AS last_open_currency
FROM stripe.invoice AS i
JOIN stripe_owner AS o ON o.customer_id = i.customer_id
WHERE NOT COALESCE(i.deleted, FALSE) AND i.status <> 'draft'
GROUP BY o.account_id
