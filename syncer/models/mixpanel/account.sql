-- grain: account with a matched Mixpanel group. Windows are whole days before the day of `as_of`; a person in several groups of an
-- account is one person. Of several groups the one last used stands for the account, ties by id.
WITH person AS (
  SELECT
    account_id,
    MAX(CASE WHEN DAY_IN_LAST(day, 7) THEN 1 ELSE 0 END) AS this_week,
    MAX(CASE WHEN DAY_IN_LAST(day, 14) AND NOT DAY_IN_LAST(day, 7) THEN 1 ELSE 0 END) AS week_before,
    MAX(CASE WHEN DAY_IN_LAST(day, 30) THEN 1 ELSE 0 END) AS this_month
  FROM mixpanel_used
  WHERE user_id IS NOT NULL
  GROUP BY account_id, user_id
), active AS (
  SELECT
    account_id, CAST(SUM(this_week) AS BIGINT) AS wau, CAST(SUM(week_before) AS BIGINT) AS wau_before,
    CAST(SUM(this_month) AS BIGINT) AS mau
  FROM person
  GROUP BY account_id
), adopted AS (
  SELECT account_id, COUNT(DISTINCT event) AS features_used
  FROM mixpanel_used
  WHERE DAY_IN_LAST(day, 28) AND event NOT LIKE '$%'
  GROUP BY account_id
), ranked AS (
  SELECT
    o.account_id, o.group_id, o.last_seen, s.last_day,
    ROW_NUMBER() OVER (PARTITION BY o.account_id ORDER BY s.last_day DESC NULLS LAST, o.last_seen DESC NULLS LAST, o.group_id) AS place
  FROM mixpanel_owner AS o
  LEFT JOIN (SELECT group_id, MAX(day) AS last_day FROM mixpanel_used GROUP BY group_id) AS s ON s.group_id = o.group_id
), picked AS (
  SELECT
    account_id, MAX(CASE WHEN place = 1 THEN group_id END) AS group_id,
    COALESCE(MAX(last_day), EPOCH_DATE(MAX(last_seen))) AS last_seen
  FROM ranked
  GROUP BY account_id
)
SELECT
  p.account_id, p.group_id, LINK($mixpanel_group_url_base, p.group_id) AS group_url,
  COALESCE(a.wau, 0) AS wau, COALESCE(a.mau, 0) AS mau, COALESCE(a.wau_before, 0) AS wau_before,
  p.last_seen, COALESCE(f.features_used, 0) AS features_used
FROM picked AS p
LEFT JOIN active AS a ON a.account_id = p.account_id
LEFT JOIN adopted AS f ON f.account_id = p.account_id
