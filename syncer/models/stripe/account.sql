-- grain: account with a matched Stripe customer. No counted item and nothing held: MRR is a known 0.
WITH joined AS (
  SELECT
    c.account_id, c.customer_id, c.url_base, c.customers, c.delinquent, m.held,
    CASE WHEN COALESCE(m.currencies, 0) = 0 THEN c.currency WHEN m.currencies = 1 THEN m.currency END AS currency,
    CASE WHEN m.held IS NULL THEN COALESCE(m.mrr_minor, 0) END AS mrr_minor,
    CASE WHEN m.held IS NULL THEN COALESCE(m.arr_minor, 0) END AS arr_minor,
    s.account_id IS NOT NULL AS subscribed, s.status_rank, s.trial_ends_on, s.started_on, s.cancels_on,
    COALESCE(s.missing, i.missing) AS items_held,
    i.plan, i.plans, i.billing_interval, i.renews_on, CASE WHEN i.account_id IS NULL THEN 0 ELSE i.seats END AS seats
  FROM stripe_account_customer AS c
  LEFT JOIN stripe_account_mrr AS m ON m.account_id = c.account_id
  LEFT JOIN stripe_account_subscription AS s ON s.account_id = c.account_id
  LEFT JOIN stripe_account_item AS i ON i.account_id = c.account_id
)
SELECT
  account_id, customer_id, LINK(url_base, customer_id) AS customer_url, customers, currency,
  MAJOR(mrr_minor, currency) AS mrr, mrr_minor, MAJOR(arr_minor, currency) AS arr, held AS mrr_held,
  CASE WHEN held IS NULL THEN plan END AS plan,
  CASE WHEN items_held IS NULL THEN plans END AS plans,
  CASE WHEN items_held IS NULL THEN billing_interval END AS billing_interval,
  CASE WHEN items_held IS NULL THEN seats END AS seats,
  CASE WHEN items_held IS NULL THEN renews_on END AS renews_on,
  CASE
    WHEN NOT subscribed THEN 'none'
    ELSE CASE status_rank
      WHEN 1 THEN 'active' WHEN 2 THEN 'past_due' WHEN 3 THEN 'trialing' WHEN 4 THEN 'paused' WHEN 5 THEN 'unpaid'
      WHEN 6 THEN 'incomplete' WHEN 7 THEN 'canceled' END
  END AS status,
  items_held, cancels_on, trial_ends_on, started_on, delinquent
FROM joined
