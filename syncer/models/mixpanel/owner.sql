-- grain: matched Mixpanel group, with the account that it belongs to.
SELECT m.account_id, g.id AS group_id, g.last_seen
FROM identity.match AS m
JOIN mixpanel.group AS g ON g.id = m.source_id
WHERE m.source = 'mixpanel'
