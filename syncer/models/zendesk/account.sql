-- grain: account with a matched Zendesk organization. Windows are whole UTC days before the day of `as_of`.
WITH owner AS (
  SELECT m.account_id, o.id AS organization_id
  FROM identity.match AS m
  JOIN zendesk.organization AS o ON o.id = m.source_id
  WHERE m.source = 'zendesk' AND NOT COALESCE(o.deleted, FALSE)
), ticket AS (
  SELECT
    o.account_id, o.organization_id, t.priority, t.reopens,
    t.status NOT IN ('solved', 'closed', 'deleted') AS is_open,
    IN_LAST_DAYS(t.created, 30) AS is_recent,
    CASE WHEN IN_LAST_DAYS(t.csat_at, 90) THEN t.csat END AS csat,
    CASE
      WHEN t.status NOT IN ('solved', 'closed', 'deleted') THEN t.updated
      ELSE GREATEST(t.created, COALESCE(t.solved, t.created), COALESCE(t.csat_at, t.created))
    END AS contact
  FROM zendesk.ticket AS t
  JOIN owner AS o ON o.organization_id = t.organization_id
  WHERE NOT COALESCE(t.deleted, FALSE)
), organization AS (
  SELECT
    organization_id, account_id, MAX(contact) AS contact,
    SUM(CASE WHEN is_open THEN 1 ELSE 0 END) AS open_tickets,
    SUM(CASE WHEN is_open AND priority = 'urgent' THEN 1 ELSE 0 END) AS urgent_tickets,
    SUM(CASE WHEN is_recent THEN 1 ELSE 0 END) AS opened_30d,
    SUM(CASE WHEN is_recent AND reopens > 0 THEN 1 ELSE 0 END) AS reopened_30d,
    SUM(CASE WHEN csat = 'good' THEN 1 ELSE 0 END) AS good,
    SUM(CASE WHEN csat IN ('good', 'bad') THEN 1 ELSE 0 END) AS answered
  FROM ticket
  GROUP BY organization_id, account_id
), ranked AS (
  SELECT
    o.account_id, o.organization_id, n.contact, n.open_tickets, n.urgent_tickets, n.opened_30d, n.reopened_30d, n.good, n.answered,
    ROW_NUMBER() OVER (PARTITION BY o.account_id ORDER BY n.contact DESC NULLS LAST, o.organization_id) AS place
  FROM owner AS o
  LEFT JOIN organization AS n ON n.organization_id = o.organization_id
), summed AS (
  SELECT
    account_id, MAX(CASE WHEN place = 1 THEN organization_id END) AS organization_id, MAX(contact) AS contact,
    CAST(COALESCE(SUM(open_tickets), 0) AS BIGINT) AS open_tickets,
    CAST(COALESCE(SUM(urgent_tickets), 0) AS BIGINT) AS urgent_tickets,
    CAST(COALESCE(SUM(opened_30d), 0) AS BIGINT) AS opened_30d,
    CAST(COALESCE(SUM(reopened_30d), 0) AS BIGINT) AS reopened_30d,
    CAST(COALESCE(SUM(good), 0) AS BIGINT) AS good,
    CAST(COALESCE(SUM(answered), 0) AS BIGINT) AS answered
  FROM ranked
  GROUP BY account_id
)
SELECT
  account_id, organization_id, LINK($zendesk_url_base || '/agent/organizations/', organization_id) AS organization_url,
  open_tickets, urgent_tickets, opened_30d, PCT(good, answered) AS csat_pct, EPOCH_DATE(contact) AS last_contact, reopened_30d
FROM summed
