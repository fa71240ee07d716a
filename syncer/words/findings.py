"""What `syncer doctor` finds: each thing that it proved, or that is wrong, with how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["fine", "warning", "fault"]

KEYS = {
    "settings": "what a call to the vendor cannot do without",
    "env_file": "who can read .env",
    "as_of": "the day that figures are for",
    "files": "mappings and field specs",
    "state": "folder or bucket, lease, room",
    "program": "the vendor's part of syncer is installed",
    "host": "the vendor can be reached and answers",
    "credential": "key, token or login",
    "right": "each right, role or scope",
    "privilege": "rights that are not needed",
    "mode": "test mode, sandbox",
    "version": "the API version that syncer speaks",
    "clock": "this machine's clock against the vendor's",
    "zone": "time zones",
    "quota": "allowed and used calls",
    "groups": "Mixpanel's groups",
    "records": "the records that the CRM shows to syncer",
    "matching": "columns of the CRM that are read",
    "fields": "fields of the CRM that are written",
    "monthly": "the object for monthly metrics",
}
"""What a finding can be about; deploy/README.md says how to mend each."""


@dataclass(frozen=True)
class Finding:
    """`vendor` is "" for what concerns no vendor; `what` names the thing, `said` is what is so, `mend` what to do about it."""

    vendor: str
    key: str
    what: str
    state: State
    said: str
    mend: str = ""
