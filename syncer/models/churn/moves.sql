-- grain: period × account × currency of the books × asked segment that moved; `amount_n` above 0, in 1/WORTH_D() minor units.
SELECT from_month, to_month, currency, segment, band, account, kind, ABS(change_n) AS amount_n
FROM churn_member
WHERE kind NOT IN ('none', 'unknown')
