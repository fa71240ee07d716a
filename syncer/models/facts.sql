-- grain: CRM account, every one. What a source does not say of an account is NULL; catalog.yaml says what each column means.
-- The CRM's own columns and measures of use are joined to it as the project declares them (core/catalogue.py).
WITH held AS (
  SELECT
    account_id,
    MIN(CASE WHEN source = 'stripe' THEN reason END) AS stripe,
    MIN(CASE WHEN source = 'mixpanel' THEN reason END) AS mixpanel,
    MIN(CASE WHEN source = 'zendesk' THEN reason END) AS zendesk
  FROM identity.held
  GROUP BY account_id
)
SELECT
  a.id AS account_id,
  a.name AS account_name,
  a.id AS crm__id,
  a.name AS crm__name,
  s.customer_id AS stripe__customer_id,
  s.customer_url AS stripe__customer_url,
  s.customers AS stripe__customers,
  s.currency AS stripe__currency,
  s.mrr AS stripe__mrr,
  s.mrr_minor AS stripe__mrr_minor,
  s.arr AS stripe__arr,
  s.plan AS stripe__plan,
  s.plans AS stripe__plans,
  s.billing_interval AS stripe__billing_interval,
  s.status AS stripe__status,
  s.seats AS stripe__seats,
  s.renews_on AS stripe__renews_on,
  s.cancels_on AS stripe__cancels_on,
  s.trial_ends_on AS stripe__trial_ends_on,
  s.started_on AS stripe__started_on,
  s.delinquent AS stripe__delinquent,
  s.mrr_held AS stripe__mrr_held,
  s.items_held AS stripe__items_held,
  s.mrr_reporting AS stripe__mrr_reporting,
  s.mrr_rate_date AS stripe__mrr_rate_date,
  s.mrr_reporting_held AS stripe__mrr_reporting_held,
  s.discount_percent AS stripe__discount_percent,
  s.open_invoice_amount AS stripe__open_invoice_amount,
  s.first_paid_on AS stripe__first_paid_on,
  s.tenure_months AS stripe__tenure_months,
  s.churned_on AS stripe__churned_on,
  s.mrr_change AS stripe__mrr_change,
  s.movement AS stripe__movement,
  m.group_id AS mixpanel__group_id,
  m.group_url AS mixpanel__group_url,
  m.wau AS mixpanel__wau,
  m.mau AS mixpanel__mau,
  m.wau_before AS mixpanel__wau_before,
  m.last_seen AS mixpanel__last_seen,
  m.features_used AS mixpanel__features_used,
  z.organization_id AS zendesk__organization_id,
  z.organization_url AS zendesk__organization_url,
  z.open_tickets AS zendesk__open_tickets,
  z.urgent_tickets AS zendesk__urgent_tickets,
  z.opened_30d AS zendesk__opened_30d,
  z.csat_pct AS zendesk__csat_pct,
  z.last_contact AS zendesk__last_contact,
  z.reopened_30d AS zendesk__reopened_30d,
  s.account_id IS NOT NULL AS stripe__present,
  m.account_id IS NOT NULL AS mixpanel__present,
  z.account_id IS NOT NULL AS zendesk__present,
  h.stripe AS stripe__held,
  h.mixpanel AS mixpanel__held,
  h.zendesk AS zendesk__held
FROM crm.account AS a
LEFT JOIN stripe_account AS s ON s.account_id = a.id
LEFT JOIN mixpanel_account AS m ON m.account_id = a.id
LEFT JOIN zendesk_account AS z ON z.account_id = a.id
LEFT JOIN held AS h ON h.account_id = a.id
