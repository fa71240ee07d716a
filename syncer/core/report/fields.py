"""How far each field of a CRM is filled."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from syncer.core.markup import Html, join
from syncer.core.report.layout import Column, Label, bar, folded, note, part, prose, share, table


class Fill(msgspec.Struct, frozen=True):
    """One field: accounts that have a value in the CRM, and those whose value is held back."""

    label: Label
    name: str
    filled: int
    held: int


class Fields(msgspec.Struct, frozen=True):
    """The mapped fields of one CRM in the order of the mapping, as it had them when last read."""

    accounts: int
    fills: Sequence[Fill]

    @property
    def empty(self) -> list[Fill]:
        """Fields that no account has a value of."""
        return [fill for fill in self.fills if not fill.filled and self.accounts]

    def html(self, title: str, *, begins_open: bool) -> Html:
        columns = (
            Column("Field"),
            Column("Name in the CRM"),
            Column("Accounts with a value", figures=True),
            Column("Held back", figures=True),
        )
        rows = [
            (
                fill.label.html(),
                fill.name,
                [f"{fill.filled:,} ({share(fill.filled, self.accounts)})", bar(fill.filled / self.accounts if self.accounts else 0)],
                f"{fill.held:,}",
            )
            for fill in self.fills
        ]
        empty = join([fill.label.html() for fill in self.empty], ", ")
        why = prose(". Where that is not meant, `syncer explain ACCOUNT FIELD` says why.")
        never = note("No account has any value of: ", empty, why) if self.empty else None
        shown = table(f"How many of {self.accounts:,} accounts have a value of each field", columns, rows)
        return part(title, never, folded(f"All {len(self.fills)} fields", shown, begins_open=begins_open))
