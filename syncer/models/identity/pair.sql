-- grain: source object x account that it might belong to, by the first rule that finds any. Objects in the ledger are left out.
-- `identity_candidate` comes from the mapping's rules (core/identity.py).
WITH fitting AS (
  SELECT
    o.source, o.source_id, c.place, c.rule, c.crm_key, c.value, a.id AS account_id, a.name AS account_name,
    MIN(c.place) OVER (PARTITION BY o.source, o.source_id) AS first_place
  FROM identity_candidate AS c
  JOIN identity_object AS o ON o.source = c.source AND o.source_id = c.source_id
  JOIN crm.account AS a ON a.id = c.account_id
  LEFT JOIN identity_ledger AS l ON l.source = o.source AND l.source_id = o.source_id
  WHERE l.source_id IS NULL
)
SELECT
  source, source_id, rule, crm_key, account_id, account_name, MIN(value) AS first_value, MAX(value) AS last_value,
  COUNT(*) OVER (PARTITION BY source, source_id) AS accounts
FROM fitting
WHERE place = first_place
GROUP BY source, source_id, rule, crm_key, account_id, account_name
