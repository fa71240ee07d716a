-- grain: matched Stripe customer.
SELECT m.account_id, c.id AS customer_id, c.currency, c.delinquent, c.livemode
FROM identity.match AS m
JOIN stripe.customer AS c ON c.id = m.source_id
WHERE m.source = 'stripe' AND NOT COALESCE(c.deleted, FALSE)
