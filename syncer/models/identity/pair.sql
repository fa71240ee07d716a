-- grain: source object x account that it might belong to, by the first rule that finds any. Objects that somebody decided on and pairs
-- that somebody rejected are left out. `identity_candidate` comes from the mapping's rules (core/identity.py).
WITH fitting AS (
  SELECT
    o.source, o.source_id, c.place, c.rule, c.crm_key, c.value, c.source_value, c.crm_value, a.id AS account_id, a.name AS account_name,
    MIN(c.place) OVER (PARTITION BY o.source, o.source_id) AS first_place
  FROM identity_candidate AS c
  JOIN identity_object AS o ON o.source = c.source AND o.source_id = c.source_id
  JOIN crm.account AS a ON a.id = c.account_id
  LEFT JOIN identity_ledger AS l ON l.source = c.source AND l.source_id = c.source_id
  LEFT JOIN identity.ledger AS r ON r.source = c.source AND r.source_id = c.source_id AND r.account_id = c.account_id AND r.kind = 'reject'
  WHERE l.source_id IS NULL AND r.source_id IS NULL
)
SELECT
  source, source_id, rule, crm_key, account_id, account_name, MIN(value) AS first_value, MAX(value) AS last_value,
  MIN(source_value) AS source_value, MIN(crm_value) AS crm_value, COUNT(*) OVER (PARTITION BY source, source_id) AS accounts
FROM fitting
WHERE place = first_place
GROUP BY source, source_id, rule, crm_key, account_id, account_name
