-- grain: source object that several accounts fit, with the sentence that says so and what to do. An id with other than plain characters
-- does not go into a command that somebody may paste.
WITH ordered AS (
  SELECT
    source, source_id, crm_key, account_name, accounts, first_value, last_value,
    CASE WHEN source = 'stripe' THEN source_id ELSE source || ':' || source_id END AS named,
    TRANSLATE(LOWER(source_id), 'abcdefghijklmnopqrstuvwxyz0123456789_.-', '') = '' AS is_plain,
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
    || CASE WHEN MAX(accounts) > 5 THEN ' and ' || CAST(MAX(accounts) - 5 AS VARCHAR) || ' more' ELSE '' END
    || CASE WHEN MIN(CASE WHEN is_plain THEN 1 ELSE 0 END) = 1
      THEN '; decide with `syncer match confirm ' || MIN(named) || ' ACCOUNT`' ELSE '; `syncer match` shows how to decide' END AS reason
FROM ordered
GROUP BY source, source_id
