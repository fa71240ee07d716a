"""A small folder of RavenStack's files. Each line below is one known case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNTS = """
account_id,account_name,industry,country,signup_date,referral_source,plan_tier,seats,is_trial,churn_flag
A-1,Company_1,EdTech,US,2024-01-05,partner,Basic,9,False,False
A-2,Company_2,FinTech,UK,2024-02-05,other,Pro,20,False,True
A-3,Grün & Söhne,DevTools,DE,2024-03-05,organic,Pro,4,True,False
A-4,Company_4,EdTech,US,2024-01-05,partner,Basic,9,False,False
A-5,Company_5,EdTech,US,2024-01-05,partner,Basic,9,False,False
A-6,Company_6,EdTech,US,2024-01-05,partner,Basic,9,False,False
"""
SUBSCRIPTIONS = """
subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,arr_amount,is_trial,billing_frequency,auto_renew_flag
S-1,A-1,2024-01-05,,Basic,9,171,2052,False,monthly,True
S-2,A-1,2024-06-30,2024-12-31,Pro,10,490,5880,False,annual,True
S-3,A-1,2024-06-30,2024-12-30,Pro,10,490,5880,False,annual,True
S-4,A-2,2024-12-31,,Enterprise,20,3980,47760,False,annual,False
S-5,A-2,2025-01-01,,Basic,1,19,228,False,monthly,True
S-6,A-3,2024-12-01,,Pro,4,0,0,True,monthly,True
S-7,A-3,2024-03-05,,Custom,7,1000.50,12006,False,annual,True
S-8,A-4,2024-03-05,,Basic,30,570,6840,False,monthly,True
S-9,A-5,2024-03-05,,Basic,20,380,4560,False,monthly,True
S-10,A-6,2024-03-05,,Basic,12,228,2736,False,monthly,True
"""
USAGE = """
usage_id,subscription_id,usage_date,feature_name,usage_count,usage_duration_secs,error_count,is_beta_feature
U-1,S-1,2024-12-30,feature_20,9,5004,0,False
U-1,S-4,2024-12-30,feature_2,3,50,1,True
U-2,S-8,2024-12-29,feature_2,3,50,1,True
U-3,S-9,2024-12-30,feature_3,3,50,1,True
U-4,S-9,2025-01-02,feature_3,3,50,1,True
"""
TICKETS = """
ticket_id,account_id,submitted_at,closed_at,resolution_time_hours,priority,first_response_time_minutes,satisfaction_score,escalation_flag
T-1,A-1,2024-07-27,2024-07-28 03:00:00,27.0,high,74,,False
T-2,A-1,2024-12-20,2024-12-22 03:00:00,27.0,medium,74,4.0,True
T-3,A-2,2024-12-20,2024-12-22 03:00:00,27.0,low,74,3.0,False
T-4,A-2,2024-12-31,2025-01-01 10:00:00,27.0,urgent,74,5.0,False
T-5,A-2,2025-01-01,2025-01-01 12:00:00,27.0,urgent,74,5.0,False
"""


def write(folder: Path, **changed: str) -> Path:
    """The files with CRLF line ends, as the data set has them; a file of another text by its name."""
    texts = {
        "accounts": ACCOUNTS,
        "subscriptions": SUBSCRIPTIONS,
        "feature_usage": USAGE,
        "support_tickets": TICKETS,
    } | changed
    for name, text in texts.items():
        (folder / f"ravenstack_{name}.csv").write_text(text.strip() + "\n", encoding="utf-8", newline="\r\n")
    return folder
