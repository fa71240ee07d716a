"""What a month brings to the sync of a small company: rejected records, failed runs, people's edits, held values; and the report on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from stage import Stage, api_names

DAY, HOUR = 86_400, 3600
NASTY = '<script>alert("1")</script> & \u202e\u05e9\u05dc\u05d5\u05dd'
CANARY = "not-the-right-secret-2718281828"


@dataclass(frozen=True)
class Story:
    """The stage after it, the page, and the account whose name is NASTY and whose seats a person changed twice."""

    stage: Stage
    page: Path
    account: str

    @property
    def html(self) -> str:
        return self.page.read_text(encoding="utf-8")

    @property
    def text(self) -> str:
        """What the page says, tags left out."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", self.html.partition("</style>")[2]))


def a_month(stage: Stage) -> Story:
    """The story as it goes, told in out/report.html."""
    _offer(stage, "group", "high")
    assert stage.command("sync").code == 6
    stage.later(31 * DAY)
    assert stage.command("sync", changes={"SYNCER_ZENDESK__CLIENT_SECRET": CANARY}).code == 11
    account = _type_over(stage, None, 4321)
    stage.later(HOUR)
    assert stage.command("sync").code == 4
    assert stage.command("sync", changes=stage.write_file("mappings/account.yaml", ("from: 20}", "from: 1000}"))).code == 6
    stage.later(HOUR)
    _type_over(stage, account, 1234)
    assert stage.command("plan").code == 0
    assert stage.command("report", "--out", "out/report.html").out == "out/report.html\n"
    return Story(stage, stage.folder / "out/report.html", account)


def _offer(stage: Stage, *options: str) -> None:
    """HubSpot's touch model takes only these options."""
    choices = [{"label": option, "value": option, "displayOrder": number} for number, option in enumerate(options)]
    about = {"name": "syncer_touch_model", "label": "Touch model", "groupName": "companyinformation"}
    kind = {"type": "enumeration", "fieldType": "select", "options": choices}
    stage.world.load({"hubspot": {"properties": {"companies": [about | kind]}}})


def _type_over(stage: Stage, account: str | None, seats: int) -> str:
    """A person renames an account in Salesforce and types over its seats; the account, the first that has any if none is named."""
    name = api_names("salesforce")["seats"]
    chosen = account or next(record for record, values in stage.crm("salesforce").items() if (values[name] or 0) > 1)
    stage.set_in_crm("salesforce", chosen, {"Name": NASTY, name: seats})
    return chosen
