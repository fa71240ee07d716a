-- grain: source object that somebody decided on: its account, or NULL for none. A decision for an account that is gone from the CRM is void.
SELECT l.source, l.source_id, l.account_id
FROM identity.ledger AS l
LEFT JOIN crm.account AS a ON a.id = l.account_id
WHERE l.kind = 'confirm' AND a.id IS NOT NULL OR l.kind = 'reject' AND l.account_id IS NULL
