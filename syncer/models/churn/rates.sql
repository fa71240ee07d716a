-- grain: period × currency of the books × asked segment × band. Amounts in 1/WORTH_D() minor units; each rate is `…_n` / `…_d`, not reduced,
-- `…_d` NULL where there is nothing to divide by.
WITH base AS (
  SELECT
    from_month, to_month, currency, segment, band, start_n, even_n, end_n, new_n, expansion_n, contraction_n, churn_n, reactivation_n, kept_n,
    accounts_at_start, accounts_churned, accounts_unknown,
    NULLIF(start_n, 0) AS start_d,
    NULLIF(start_n + CASE WHEN NEW_IN_DENOMINATOR() THEN new_n ELSE 0 END, 0) AS loss_d,
    NULLIF(accounts_at_start + CASE WHEN NEW_IN_DENOMINATOR() THEN accounts_new ELSE 0 END, 0) AS logo_d,
    churn_n + contraction_n AS lost_n,
    CASE WHEN REACTIVATION_OFFSETS() THEN reactivation_n ELSE 0 END AS offset_n
  FROM churn_figures
)
SELECT
  from_month, to_month, currency, segment, band,
  start_n, new_n, expansion_n, contraction_n, churn_n, reactivation_n, end_n - even_n AS fx_n, end_n,
  accounts_unknown, accounts_at_start, accounts_churned,
  accounts_churned AS logo_n, logo_d,
  lost_n AS gross_n, loss_d AS gross_d,
  lost_n - expansion_n - offset_n AS net_n, loss_d AS net_d,
  start_n - lost_n + expansion_n AS nrr_n, start_d AS nrr_d,
  kept_n AS grr_n, start_d AS grr_d,
  new_n + expansion_n AS quick_ratio_n, NULLIF(lost_n, 0) AS quick_ratio_d
FROM base
