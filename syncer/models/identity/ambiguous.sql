-- grain: source object that several accounts fit, with the sentence that says so.
WITH ordered AS (
  SELECT
    source, source_id, crm_key, account_name, accounts, first_value, last_value,
    ROW_NUMBER() OVER (PARTITION BY source, source_id ORDER BY account_name, account_id) AS place
  FROM identity_pair
  WHERE accounts > 1
)
SELECT
  source, source_id,
  CAST(MAX(accounts) AS VARCHAR)
    || CASE WHEN MIN(first_value) = MAX(last_value) THEN ' accounts share the ' || REPLACE(MIN(crm_key), '_', ' ') || ' ' || MIN(first_value)
      ELSE ' accounts fit ' || source || ' ' || source_id || ' by ' || REPLACE(MIN(crm_key), '_', ' ') END
    || ': ' || STRING_AGG(CASE WHEN place <= 5 THEN COALESCE(account_name, 'without a name') END, ', ' ORDER BY place)
    || CASE WHEN MAX(accounts) > 5 THEN ' and ' || CAST(MAX(accounts) - 5 AS VARCHAR) || ' more' ELSE '' END AS reason
FROM ordered
GROUP BY source, source_id
