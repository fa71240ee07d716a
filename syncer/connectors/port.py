"""What a source connector is: tables it declares and pages it yields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from syncer.words.tables import Page, Table


class Connector(Protocol):
    """One vendor account. `tables` are all it can fill; `pull` yields what changed since the cursor, `{}` meaning never.

    The cursor is plain JSON and belongs to the connector. Each page carries the cursor to go on from when its rows are stored,
    also in the middle of a sweep, so that a cut-off pull resumes where it stopped.
    """

    name: str
    tables: Sequence[Table]

    def pull(self, cursor: Mapping[str, Any], as_of: int) -> Iterator[Page]:
        """Pages of what changed up to about `as_of` (epoch seconds); the last page's cursor is the next call's."""

    def check(self) -> str:
        """One cheap authenticated call: the account's name in the vendor's words. CredentialRefused, Unreachable."""
