-- grain: account with a subscription of whatever status. Dates in UTC. A subscription has begun once it is past its start and its trial.
WITH period AS (
  SELECT subscription_id, MIN(current_period_end) AS ends FROM stripe.subscription_item GROUP BY subscription_id
), begun AS (
  SELECT
    subscription_id, customer_id, status, start_date, trial_end, cancel_at, cancel_at_period_end, ended_at, held,
    CASE WHEN status NOT IN ('incomplete', 'incomplete_expired', 'trialing') THEN GREATEST(start_date, trial_end) END AS begins
  FROM stripe_subscription
)
SELECT
  o.account_id,
  MIN(CASE s.status
    WHEN 'active' THEN 1 WHEN 'past_due' THEN 2 WHEN 'trialing' THEN 3 WHEN 'paused' THEN 4 WHEN 'unpaid' THEN 5
    WHEN 'incomplete' THEN 6 WHEN 'canceled' THEN 7 WHEN 'incomplete_expired' THEN 7 END) AS status_rank,
  EPOCH_DATE(MIN(CASE WHEN s.status = 'trialing' THEN s.trial_end END)) AS trial_ends_on,
  EPOCH_DATE(MIN(CASE
    WHEN s.status NOT IN ('incomplete', 'incomplete_expired') AND s.start_date <= AS_OF() THEN s.start_date END)) AS started_on,
  EPOCH_DATE(MIN(CASE
    WHEN s.status IN ('canceled', 'incomplete_expired') THEN NULL
    WHEN s.cancel_at IS NOT NULL THEN s.cancel_at
    WHEN s.cancel_at_period_end THEN p.ends END)) AS cancels_on,
  MIN(CASE WHEN s.begins <= AS_OF() AND (s.ended_at IS NULL OR s.ended_at > s.begins) THEN s.begins END) AS first_begun,
  MAX(CASE WHEN s.ended_at > s.begins THEN s.ended_at END) AS last_ended,
  MIN(s.held) AS missing
FROM begun AS s
JOIN stripe_owner AS o ON o.customer_id = s.customer_id
LEFT JOIN period AS p ON p.subscription_id = s.subscription_id
GROUP BY o.account_id
