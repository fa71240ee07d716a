"""What a Mixpanel service account may read, whether group and group key are the project's, and what can be told of its time zone.

No documented call tells a project's zone. What shows is an export that ends "later than today", or events of hours to come.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from syncer.connectors.mixpanel import Mixpanel
from syncer.tools.answers import Reply
from syncer.tools.examination import Examination
from syncer.words import when
from syncer.words.findings import Finding

if TYPE_CHECKING:
    from syncer.specs.settings_models import MixpanelSettings

ACCOUNTS = "Mixpanel > Organization Settings > Service Accounts"
CREDENTIAL = f"{ACCOUNTS}: copy the username anew; a secret that is lost cannot be shown again, so add a new service account"
PROJECT = "Mixpanel > Project Settings"
SAMPLE = 1000
AHEAD = 600
"""Seconds by which clocks of users' devices may be ahead without saying anything about the zone."""


class _Profiles(msgspec.Struct):
    total: int | None = None
    results: list[msgspec.Raw] = []


class _Event(msgspec.Struct):
    properties: dict[str, msgspec.Raw]


def examine(mixpanel: Mixpanel, said: MixpanelSettings, as_of: int, now: float) -> list[Finding]:
    """One query and one export, of the 60 an hour of each. CredentialRefused, Unreachable."""
    exam = Examination("mixpanel", mixpanel.http, now)
    project = {"project_id": said.project_id}
    form = {"data_group_id": said.data_group_id, "page": 0, "output_properties": "[]"}
    profiles = exam.ask("POST", "/api/query/engage", params=project, form=form)
    exam.fine("credential", "service account", f"{said.username}, project {said.project_id}")
    exam.clock(profiles)
    reach = f"{ACCOUNTS} > {said.username}: add it to the project as Analyst; check that {PROJECT} > Overview says {said.project_id}"
    if exam.right("read group profiles", profiles, reach, also=400):
        _groups(exam, profiles, said)
    zone = _zone(said.time_zone)
    if zone is None:
        mend = f"write a name such as Asia/Tokyo or UTC; {PROJECT} > Timezone shows the project's"
        exam.fault("zone", "time zone", f"there is no time zone {said.time_zone}", mend)
    else:
        today = when.day(as_of, said.time_zone).isoformat()
        days = {"from_date": today, "to_date": today, "limit": SAMPLE}
        export = exam.ask("GET", "/api/2.0/export", mixpanel.export, params={**project, **days})
        if exam.right("export events", export, reach, also=400):
            offset = datetime.fromtimestamp(as_of, zone).utcoffset() or timedelta()
            _events(exam, export, said, as_of + round(offset.total_seconds()))
    exam.rights()
    exam.fine("quota", "quota", "60 queries and 60 exports an hour; this examination took one of each")
    return exam.findings


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _groups(exam: Examination, profiles: Reply, said: MixpanelSettings) -> None:
    mend = f"{PROJECT} > Group Keys shows the number of each group key; write it as data_group_id"
    if profiles.status == 400:
        exam.fault("groups", "groups", f"data_group_id {said.data_group_id} is not taken: {exam.words(profiles)}", mend)
        return
    found = msgspec.json.decode(profiles.body, type=_Profiles)
    count = len(found.results) if found.total is None else found.total
    if count:
        exam.fine("groups", "groups", f"{count:,} group profiles")
    else:
        exam.warn("groups", "groups", f"there is no profile of the group {said.data_group_id}", mend)


def _events(exam: Examination, export: Reply, said: MixpanelSettings, local_now: int) -> None:
    """What a sample of today's events says of zone and group key. `local_now`: the project's wall clock as if it were UTC."""
    mend = f"write time_zone as in {PROJECT} > Timezone if the project was made before 2023, else leave it out (UTC)"
    if export.status == 400:
        exam.fault("zone", "time zone", f"it is not yet {said.time_zone}'s day there: {exam.words(export)}", mend)
        return
    events = [msgspec.json.decode(line, type=_Event).properties for line in export.body.splitlines()[:SAMPLE]]
    latest = max((msgspec.json.decode(event["time"]) for event in events if "time" in event), default=0)
    if latest > local_now + AHEAD:
        ahead = round((latest - local_now) / 3600, 1)
        exam.fault(
            "zone", "time zone", f"the newest event is {ahead} hours ahead of {said.time_zone}, so the project's zone is another", mend
        )
    else:
        exam.fine(
            "zone",
            "time zone",
            f"{said.time_zone}; days end at its midnight. Nothing speaks against it, but Mixpanel does not tell its own",
        )
    if events and not any(said.group_key in event for event in events):
        mend = "write as group_key the event property that names the customer"
        exam.warn("groups", "group key", f"none of {len(events):,} events of today has the property {said.group_key}", mend)
