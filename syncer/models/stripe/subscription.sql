-- grain: subscription. `why_not`: why it does not count for MRR, NULL when it counts. `held`: why its MRR cannot be known.
WITH judged AS (
  SELECT
    s.id AS subscription_id, s.customer_id, s.status, s.currency, s.start_date, s.trial_end, s.cancel_at, s.cancel_at_period_end,
    s.items_complete,
    CASE
      WHEN c.id IS NULL THEN 'its customer was not read'
      WHEN c.deleted THEN 'the customer is deleted'
      WHEN NOT COALESCE(STATUS_COUNTS(s.status), FALSE) THEN 'the subscription is ' || COALESCE(s.status, 'without a status')
      WHEN s.start_date > AS_OF() THEN 'the subscription starts on ' || CAST(EPOCH_DATE(s.start_date) AS VARCHAR)
      WHEN NOT PAUSE_COUNTS(s.pause_behavior) THEN 'payment collection is paused (' || s.pause_behavior || ')'
    END AS why_not
  FROM stripe.subscription AS s
  LEFT JOIN stripe.customer AS c ON c.id = s.customer_id
)
SELECT
  subscription_id, customer_id, status, currency, start_date, trial_end, cancel_at, cancel_at_period_end, why_not,
  CASE WHEN why_not IS NULL AND NOT COALESCE(items_complete, FALSE)
    THEN 'subscription ' || subscription_id || ' has more items than were read' END AS held
FROM judged
