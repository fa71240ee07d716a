-- grain: living source object; of the kind `held` object x candidate account. `source_value` and `crm_value` are what the rule compared.
SELECT
  CASE
    WHEN l.source_id IS NOT NULL AND l.account_id IS NULL THEN 'rejected'
    WHEN l.source_id IS NOT NULL OR p.accounts = 1 THEN 'match'
    WHEN p.accounts > 1 THEN 'held'
    ELSE 'unmatched'
  END AS kind,
  o.source, o.source_id, o.name,
  COALESCE(l.account_id, p.account_id) AS account_id,
  CASE WHEN l.source_id IS NOT NULL THEN 'decision' ELSE p.rule END AS rule,
  a.reason, p.source_value, p.crm_value
FROM identity_object AS o
LEFT JOIN identity_ledger AS l ON l.source = o.source AND l.source_id = o.source_id
LEFT JOIN identity_pair AS p ON p.source = o.source AND p.source_id = o.source_id
LEFT JOIN identity_ambiguous AS a ON a.source = o.source AND a.source_id = o.source_id
