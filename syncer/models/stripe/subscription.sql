-- grain: subscription. `why_not`: why it does not count for MRR, NULL when it counts. `held`: why its MRR cannot be known. `said`: what its
-- metadata says about that (stripe_override), which wins over everything but a deleted customer.
WITH dated AS (
  SELECT
    s.id AS subscription_id, s.customer_id, s.currency, s.start_date, s.trial_end, s.cancel_at, s.cancel_at_period_end, s.canceled_at,
    s.ended_at, s.pause_behavior, s.items_complete,
    STATUS_AT(s.status, s.trial_end, s.ended_at) AS status
  FROM stripe.subscription AS s
), judged AS (
  SELECT
    s.subscription_id, s.customer_id, s.status, s.currency, s.start_date, s.trial_end, s.cancel_at, s.cancel_at_period_end, s.ended_at,
    s.items_complete, o.said, o.value AS written, d.known AS invoice_known,
    CASE
      WHEN c.id IS NULL THEN 'its customer was not read'
      WHEN c.deleted THEN 'the customer is deleted'
      WHEN o.said = 'exclude' THEN 'its metadata says exclude'
      WHEN o.said IS NOT NULL THEN NULL
      WHEN NOT STATUS_COUNTS(s.status) THEN 'the subscription is ' || COALESCE(s.status, 'without a status')
      WHEN s.start_date > AS_OF() THEN 'the subscription starts on ' || CAST(EPOCH_DATE(s.start_date) AS VARCHAR)
      WHEN NOT PAUSE_COUNTS(s.pause_behavior) THEN 'payment collection is paused (' || s.pause_behavior || ')'
      WHEN CANCEL_DROPS(s.cancel_at, s.cancel_at_period_end, s.canceled_at) THEN 'the subscription is set to cancel'
      WHEN d.over THEN 'the subscription is past due for too long'
    END AS why_not
  FROM dated AS s
  LEFT JOIN stripe.customer AS c ON c.id = s.customer_id
  LEFT JOIN stripe_override AS o ON o.subscription_id = s.subscription_id
  LEFT JOIN stripe_overdue AS d ON d.subscription_id = s.subscription_id AND s.status = 'past_due'
)
SELECT
  subscription_id, customer_id, status, currency, start_date, trial_end, cancel_at, cancel_at_period_end, ended_at, said, why_not,
  CASE
    WHEN why_not IS NOT NULL OR said = 'amount' THEN NULL
    WHEN said = 'unclear' THEN 'the metadata of subscription ' || subscription_id || ' says ' || written
      || '; write include, exclude or an amount a month'
    WHEN NOT COALESCE(items_complete, FALSE) THEN 'subscription ' || subscription_id || ' has more items than were read'
    WHEN said IS NULL AND NOT invoice_known THEN 'the latest invoice of subscription ' || subscription_id || ' was not read'
  END AS held
FROM judged
