-- grain: past-due subscription, where the policy asks for how long. `known`: whether its latest invoice was read; `over`: whether that
-- invoice, unpaid, is past its days of grace (from its due date, else from when it was made).
SELECT
  s.id AS subscription_id,
  i.id IS NOT NULL AS known,
  i.status IN ('open', 'uncollectible') AND COALESCE(i.due_date, i.created) + OVERDUE_SECONDS() < AS_OF() AS over
FROM stripe.subscription AS s
LEFT JOIN stripe.invoice AS i ON i.id = s.latest_invoice_id
WHERE OVERDUE_MATTERS() AND s.status = 'past_due'
