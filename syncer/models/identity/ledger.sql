-- grain: source object that somebody decided on; the latest decision stands. One for an account that is gone from the CRM is void.
WITH latest AS (
  SELECT
    source, source_id, account_id, ROW_NUMBER() OVER (PARTITION BY source, source_id ORDER BY decided DESC, account_id) AS place
  FROM identity.ledger
)
SELECT l.source, l.source_id, l.account_id
FROM latest AS l
LEFT JOIN crm.account AS a ON a.id = l.account_id
WHERE l.place = 1 AND (l.account_id IS NULL OR a.id IS NOT NULL)
