"""Mixpanel's three hosts on one port: queries (`/api/query`, `/api/2.0`), the raw export, ingestion.

What it does not imitate:
- Reports: insights, funnels, retention, segmentation, JQL; `behaviors` of the engage query. There are no funnels and no
  annotations.
- Deduplication: an event sent or loaded twice is exported twice.
- Delay: what was sent is there at once.
- Concurrency limits (5 queries, 100 exports at once): calls are answered one after the other. Ingestion is not limited.
- Other zones than UTC, workspaces (`workspace_id` is ignored), several group keys, geolocation, identity merges.
- `where` understands comparisons of one property with a literal, `defined(…)`, and those joined by `and`; the rest is
  refused.
- `strict` validation of profile updates.
"""

from syncer.sandbox.mixpanel.project import (
    DATA_GROUP_ID,
    GROUP_KEY,
    PROJECT_ID,
    PROJECT_SECRET,
    PROJECT_TOKEN,
    SERVICE_ACCOUNT,
)
from syncer.sandbox.mixpanel.standin import MixpanelStandin

__all__ = [
    "DATA_GROUP_ID",
    "GROUP_KEY",
    "PROJECT_ID",
    "PROJECT_SECRET",
    "PROJECT_TOKEN",
    "SERVICE_ACCOUNT",
    "MixpanelStandin",
]
