-- grain: account with a matched Stripe customer. No counted item and nothing held: MRR is a known 0.
WITH joined AS (
  SELECT
    c.account_id, c.customer_id, c.url_base, c.customers, c.delinquent, m.held, m.reporting_held,
    CASE WHEN COALESCE(m.currencies, 0) = 0 THEN c.currency WHEN m.currencies = 1 THEN m.currency END AS currency,
    CASE WHEN m.held IS NULL THEN COALESCE(m.mrr_minor, 0) END AS mrr_minor,
    CASE WHEN m.held IS NULL THEN COALESCE(m.arr_minor, 0) END AS arr_minor,
    CASE WHEN REPORTING() IS NOT NULL AND m.reporting_held IS NULL THEN COALESCE(m.reporting_minor, 0) END AS reporting_minor, m.rate_day,
    s.account_id IS NOT NULL AS subscribed, s.status_rank, s.trial_ends_on, s.started_on, s.cancels_on,
    CASE WHEN v.account_id IS NULL THEN s.first_begun ELSE v.first_paid END AS first_paid, s.last_ended,
    COALESCE(s.missing, i.missing) AS items_held,
    i.plan, i.plans, i.billing_interval, i.renews_on, i.discount_percent, CASE WHEN i.account_id IS NULL THEN 0 ELSE i.seats END AS seats,
    COALESCE(v.open_minor, 0) AS open_minor, v.open_currency, v.last_open_currency,
    b.known AS before_known, b.dated AS before_dated, b.mrr_minor AS before_minor, b.currency AS before_currency, b.paid AS paid_before
  FROM stripe_account_customer AS c
  LEFT JOIN stripe_account_mrr AS m ON m.account_id = c.account_id
  LEFT JOIN stripe_account_subscription AS s ON s.account_id = c.account_id
  LEFT JOIN stripe_account_item AS i ON i.account_id = c.account_id
  LEFT JOIN stripe_account_invoice AS v ON v.account_id = c.account_id
  LEFT JOIN stripe_account_before AS b ON b.account_id = c.account_id
), dated AS (
  SELECT
    account_id, customer_id, url_base, customers, delinquent, held, reporting_held, currency, mrr_minor, arr_minor, reporting_minor,
    rate_day, subscribed, status_rank, trial_ends_on, started_on, cancels_on, items_held, plan, plans, billing_interval, renews_on,
    discount_percent, seats, paid_before,
    EPOCH_DATE(first_paid) AS first_paid_on,
    CASE WHEN mrr_minor = 0 AND first_paid IS NOT NULL THEN EPOCH_DATE(last_ended) END AS churned_on,
    CASE WHEN open_minor = 0 OR open_currency = currency AND last_open_currency = currency THEN open_minor END AS open_minor,
    CASE
      WHEN NOT before_known OR before_dated AND (before_minor = 0) = (mrr_minor = 0) THEN NULL
      WHEN before_minor = 0 OR mrr_minor = 0 OR before_currency = currency THEN before_minor
    END AS before_minor
  FROM joined
)
SELECT
  account_id, customer_id, LINK(url_base, customer_id) AS customer_url, customers, currency,
  MAJOR(mrr_minor, currency) AS mrr, mrr_minor, MAJOR(arr_minor, currency) AS arr, held AS mrr_held,
  MAJOR(reporting_minor, REPORTING()) AS mrr_reporting, rate_day AS mrr_rate_date, reporting_held AS mrr_reporting_held,
  CASE WHEN held IS NULL THEN plan END AS plan,
  CASE WHEN items_held IS NULL THEN plans END AS plans,
  CASE WHEN items_held IS NULL THEN billing_interval END AS billing_interval,
  CASE WHEN items_held IS NULL THEN seats END AS seats,
  CASE WHEN items_held IS NULL THEN renews_on END AS renews_on,
  CASE WHEN held IS NULL THEN discount_percent END AS discount_percent,
  CASE
    WHEN NOT subscribed THEN 'none'
    ELSE CASE status_rank
      WHEN 1 THEN 'active' WHEN 2 THEN 'past_due' WHEN 3 THEN 'trialing' WHEN 4 THEN 'paused' WHEN 5 THEN 'unpaid'
      WHEN 6 THEN 'incomplete' WHEN 7 THEN 'canceled' END
  END AS status,
  items_held, cancels_on, trial_ends_on, started_on, delinquent,
  MAJOR(open_minor, currency) AS open_invoice_amount,
  first_paid_on,
  MONTHS_FROM_TO(first_paid_on, LEAST(COALESCE(churned_on, TODAY_UTC()), TODAY_UTC())) AS tenure_months,
  churned_on,
  MAJOR(mrr_minor - before_minor, currency) AS mrr_change,
  CASE
    WHEN before_minor IS NULL OR mrr_minor IS NULL THEN NULL
    WHEN mrr_minor = before_minor THEN 'none'
    WHEN before_minor = 0 THEN CASE WHEN paid_before THEN 'reactivation' ELSE 'new' END
    WHEN mrr_minor = 0 THEN 'churn'
    WHEN mrr_minor > before_minor THEN 'expansion'
    WHEN mrr_minor < before_minor THEN 'contraction'
  END AS movement
FROM dated
