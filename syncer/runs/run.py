"""One run: what every step of it shares."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from syncer.connectors import TABLES
from syncer.core.project import Project
from syncer.crm.rate_tables import RATE_TABLES
from syncer.runs.pull import Watch
from syncer.runs.tables import DEFINITION, FACT, HISTORY, MERGED, METRIC, MRR, PAIR, RUN, mirror
from syncer.specs.account import SOURCES
from syncer.specs.settings import Settings
from syncer.tools.http import Calls
from syncer.tools.intake import Intake
from syncer.tools.store import Manifest, Store
from syncer.words import when
from syncer.words.tables import Table

LEASE_SECONDS = 1800
"""How long a run that died keeps others out; a living one renews it with its commits."""


@dataclass
class Run:
    """One run. `as_of` is the instant that all figures are stated for; `calls` counts requests by vendor.

    `started` is the clock's time in milliseconds: runs are listed by it, and two may begin within a second.
    """

    settings: Settings
    project: Project
    store: Store
    as_of: int
    watch: Watch
    id: str = ""
    calls: Calls = field(default_factory=Calls)
    started: int = field(default_factory=lambda: time.time_ns() // 1_000_000)

    def __post_init__(self) -> None:
        self.id = self.id or f"{when.iso(self.as_of)[:10]}-{secrets.token_hex(3)}"

    def tables(self) -> tuple[Table, ...]:
        """Every table that the store may hold."""
        mirrors = (mirror(crm, self.mirrored(crm)) for crm in ("salesforce", "hubspot"))
        return (*TABLES, *RATE_TABLES.values(), DEFINITION, FACT, HISTORY, MERGED, METRIC, MRR, PAIR, RUN, *mirrors)

    def mirrored(self, crm: str) -> list[str]:
        """The API names read from a CRM: matching columns first, then the fields that are written."""
        names = [*self.project.keys_in(crm).values(), *(field.spec.in_crm(crm) or "" for field in self.project.fields_in(crm))]
        return list(dict.fromkeys(names))

    def stored(self) -> Manifest:
        """The state as this run sees it: what was once read of a source that is no longer set up counts as not read.

        Without the days gone by, which grow and are read a day at a time (runs.history).
        """
        latest = self.store.latest()
        unread = set(SOURCES) - set(self.settings.sources)
        kept = (item for item in latest.tables.items() if item[0] not in (DEFINITION.name, FACT.name))
        tables = {name: state for name, state in kept if name.partition(".")[0] not in unread}
        return msgspec.structs.replace(latest, tables=tables)

    def sources_read(self) -> set[str]:
        """The sources that are set up and were read, now or before."""
        return set(self.settings.sources) & self.store.latest().cursors.keys()

    @contextmanager
    def writing(self) -> Iterator[Intake]:
        """The state, for this run alone. LeaseHeld when another run is at work, also later, should it take over a lease that ran out."""
        lease = self.store.acquire(self.id, int(time.time()), LEASE_SECONDS)

        def keep_lease() -> None:
            nonlocal lease
            now = int(time.time())
            if lease.until - now < LEASE_SECONDS // 2:
                lease = self.store.renew(lease, now + LEASE_SECONDS)

        try:
            intake = Intake(self.store, self.store.latest(), self.tables(), before_commit=keep_lease)
            try:
                yield intake
            finally:
                intake.close()
        finally:
            self.store.release(lease)

    def parameters(self, crm: str) -> dict[str, object]:
        """What the models' SQL is told from outside."""
        mixpanel, zendesk = self.settings.mixpanel, self.settings.zendesk
        group_url = None
        if mixpanel is not None and mixpanel.workspace_id is not None:
            host = mixpanel.base_url if mixpanel.base_url.startswith("https://") else "https://mixpanel.com"
            page = f"{host}/project/{mixpanel.project_id}/view/{mixpanel.workspace_id}/app/profile"
            group_url = f"{page}#data_group_id={mixpanel.data_group_id}&distinct_id="
        return {
            "as_of": self.as_of,
            "today": when.day(self.as_of),
            "month_before": when.months_later(when.month(self.as_of), -1),
            "crm": crm,
            "mixpanel_group_url_base": group_url,
            "zendesk_url_base": f"https://{zendesk.subdomain}.zendesk.com" if zendesk else None,
        }
