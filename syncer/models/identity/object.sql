-- grain: living source object.
SELECT 'stripe' AS source, id AS source_id, name FROM stripe.customer WHERE NOT COALESCE(deleted, FALSE)
UNION ALL
SELECT 'mixpanel' AS source, id AS source_id, name FROM mixpanel.group
UNION ALL
SELECT 'zendesk' AS source, id AS source_id, name FROM zendesk.organization WHERE NOT COALESCE(deleted, FALSE)
