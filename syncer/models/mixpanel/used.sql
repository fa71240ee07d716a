-- grain: day, matched group, person, event and surface, on whole days before the day of `as_of`; how often in `events`, never 0.
SELECT o.account_id, o.group_id, e.user_id, e.event, e.surface, e.day, e.events
FROM mixpanel.event_day AS e
JOIN mixpanel_owner AS o ON o.group_id = e.group_id
WHERE e.day < TODAY_UTC() AND e.events > 0
