"""What went wrong or waits for a person: runs that failed, records that a CRM rejected, values that are held back, notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from syncer.core.markup import Html, Node, tag
from syncer.core.report.layout import Column, Label, chapter, counted, left_out, moment, name, note, part, prose, table
from syncer.words.vendors import VENDOR_NAMES

SHOWN_RUNS, SHOWN_REASONS, SHOWN_NAMES = 10, 15, 3
LIMIT_EXCEEDED = 4
"""The exit code of a run that limits stopped."""

MENDING = (
    ("longer than", "Shorten it at its source, or raise length: in field_specs/account.yaml and the CRM."),
    ("not among the options", "Add the option in field_specs/account.yaml and the CRM, or mend the value at its source."),
    ("https link", "Mend the link at its source."),
    ("rate", "Add a line to the exchange rates in mappings/rates.csv."),
)
"""Words of a reason, and what helps."""


class Failure(msgspec.Struct, frozen=True):
    """A run that failed in these CRMs: when, why, with which exit code."""

    run: str
    at: int
    crms: Sequence[str]
    error: str
    exit_code: int


class Rejected(msgspec.Struct, frozen=True):
    """Records that a CRM did not take in its latest run for one reason, in the CRM's words: id → name."""

    crm: str
    said: str
    records: Mapping[str, str]


class HeldBack(msgspec.Struct, frozen=True):
    """Values that are held back for one reason: how many, of which fields, of how many accounts."""

    crm: str
    reason: str
    ambiguous: bool
    values: int
    fields: Sequence[Label]
    accounts: int


class Problems(msgspec.Struct, frozen=True):
    """`runs` is how many runs the failures are among. `rejected` counts all that the CRMs rejected in their latest runs, of which
    `rejections` are those that are kept, by the CRM's words. `held` has what is held most often first."""

    runs: int
    failures: Sequence[Failure]
    rejected: int
    rejections: Sequence[Rejected]
    held: Sequence[HeldBack]
    notices: Sequence[str]

    def html(self) -> Html:
        said = "Runs that failed, what the CRMs rejected, and values that are not written until someone decides."
        return chapter("problems", "Problems", said, self._failures(), self._rejections(), self._held(), self._notices())

    def _failures(self) -> Html:
        if not self.failures:
            return part("Runs that failed", note(f"None of the latest {counted(self.runs, 'run')}."))
        columns = (Column("Run"), Column("CRM"), Column("What happened"), Column("Exit code", figures=True))
        rows = [
            (
                [moment(failure.at), f" · {failure.run}"],
                ", ".join(VENDOR_NAMES[crm] for crm in failure.crms),
                [tag("p", prose(line)) for line in failure.error.splitlines()],
                f"{failure.exit_code}, a limit" if failure.exit_code == LIMIT_EXCEEDED else str(failure.exit_code),
            )
            for failure in self.failures[:SHOWN_RUNS]
        ]
        caption = f"{counted(len(self.failures), 'failed run')} among the latest {self.runs:,}"
        return part("Runs that failed", table(caption, columns, rows, left_out(len(self.failures) - len(rows), "run")))

    def _rejections(self) -> Html:
        title = "Rejected by the CRM"
        if not self.rejected:
            return part(title, note("Nothing in the latest run."))
        columns = (Column("The CRM's words"), Column("CRM"), Column("Records", figures=True), Column("Among them"))
        rows = [
            (each.said, VENDOR_NAMES[each.crm], f"{len(each.records):,}", _names(each.records)) for each in self.rejections[:SHOWN_REASONS]
        ]
        more = left_out(len(self.rejections) - len(rows), "reason")
        mend = note("Mend the field or the record; the next run tries each again.")
        return part(title, table(f"{counted(self.rejected, 'record')} rejected in the latest run", columns, rows, more), mend)

    def _held(self) -> Html:
        title = "Held back"
        if not self.held:
            return part(title, note("Nothing."))
        columns = (Column("Why"), Column("CRM"), Column("Values", figures=True), Column("Of"), Column("What to do"))
        rows = [
            (
                prose(each.reason),
                VENDOR_NAMES[each.crm],
                f"{each.values:,}",
                [_some(each.fields), f" of {counted(each.accounts, 'account')}"],
                prose(_mending(each)),
            )
            for each in self.held[:SHOWN_REASONS]
        ]
        whole = sum(each.values for each in self.held)
        caption = f"{counted(whole, 'value')} held back, by reason"
        return part(title, table(caption, columns, rows, left_out(len(self.held) - len(rows), "reason")))

    def _notices(self) -> Node:
        return part("Notices", [note(prose(text)) for text in self.notices]) if self.notices else None


def _mending(held: HeldBack) -> str:
    if held.ambiguous:
        return "Say which account it is: `syncer match` shows them, `syncer match confirm` decides."
    hint = next((text for words, text in MENDING if words in held.reason), None)
    return hint or "`syncer explain ACCOUNT FIELD` shows where the value comes from; mend it there."


def _some(labels: Sequence[Label]) -> Node:
    shown: list[Node] = []
    for label in labels[:3]:
        shown += [", " if shown else None, label.html()]
    return [*shown, f" and {counted(len(labels) - 3, 'more field')}" if len(labels) > 3 else None]


def _names(records: Mapping[str, str]) -> Node:
    shown = [[name(text), f" ({record})", tag("br")] for record, text in list(records.items())[:SHOWN_NAMES]]
    return [*shown, left_out(len(records) - len(shown), "record")]
