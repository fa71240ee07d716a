"""Pages into the store: rows are buffered and written as parts together with the cursor that follows them, never one without the other."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from syncer.tools.engine import PartWriter
from syncer.tools.store import Manifest, Part, Store, TableState
from syncer.words.tables import Page, Row, Table

FLUSH_SECONDS = 2.0
FLUSH_ROWS = 50_000


class Intake:
    """Takes pages of any connector; each flush is one commit. What a crash can lose is the last two seconds of reading, never order."""

    def __init__(
        self,
        store: Store,
        manifest: Manifest,
        tables: Sequence[Table],
        clock: Callable[[], float] = time.monotonic,
        before_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self.manifest = manifest
        self._before_commit = before_commit
        self._store = store
        self._tables = {table.name: table for table in tables}
        self._writer = PartWriter()
        self._clock = clock
        self._flushed_at = clock()
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._slices: dict[str, dict[str, list[Row]]] = defaultdict(dict)
        self._completed: list[str] = []
        self._dirty = False

    def close(self) -> None:
        self._writer.close()

    def add(self, source: str, page: Page) -> None:
        """Buffer a page and its cursor; written at once when enough time or rows have gathered."""
        self.manifest.sequence += 1
        for name in page.begins:
            self._write_buffered()
            self._state(name).generation += 1
        for name, slices in page.replaced.items():
            self._slices[name].update({value: [] for value in slices})
        for name, rows in page.rows.items():
            self._take(self._tables[name], rows)
        self._completed += page.completes
        self.manifest.cursors[source] = dict(page.cursor)
        self._dirty = True
        if self._clock() - self._flushed_at > FLUSH_SECONDS or sum(map(len, self._rows.values())) > FLUSH_ROWS:
            self.flush()

    def mark(self, name: str, value: object) -> None:
        """Remember something small with the next commit."""
        self.manifest.marks[name] = value
        self._dirty = True

    def flush(self) -> Manifest:
        """Write what is buffered and commit; the manifest as committed."""
        self._write_buffered()
        for name in self._completed:
            state = self._state(name)
            state.parts = [part for part in state.parts if part.generation == state.generation]
        self._completed.clear()
        if self._dirty:
            self._before_commit()
            self.manifest = self._store.commit(self.manifest)
            self._dirty = False
        self._flushed_at = self._clock()
        return self.manifest

    def compact(self) -> Manifest:
        """Fold tables that are cheaper to read so into one part each, parents before their children; delete what nothing names any more."""
        families = [table for table in self._tables.values() if table.parent is None and table.partition is None]
        for table in families:
            children = [child for child in self._tables.values() if child.parent == table.name]
            if any(self._state(member.name).wants_folding for member in (table, *children)):
                self._fold(table, children)
        manifest = self.flush()
        self._store.sweep(manifest)
        return manifest

    def _fold(self, table: Table, children: Sequence[Table]) -> None:
        state = self._state(table.name)
        if not state.parts:
            return
        parent = self._folded(table, state, *self._writer.folded(table, self._store, state.parts))
        for child in children:
            held = self._state(child.name)
            if held.parts:
                held.parts = [
                    self._folded(child, held, *self._writer.folded_children(child, self._store, held.parts, parent, table.key[0]))
                ]
        state.parts = [parent]
        self._dirty = True

    def _folded(self, table: Table, state: TableState, content: bytes, rows: int) -> Part:
        return Part(self._store.add_part(table.name, content), rows, state.generation, folded=True)

    def _take(self, table: Table, rows: Sequence[Row]) -> None:
        numbered = [(*row, self.manifest.sequence) for row in rows]
        if table.partition is None:
            self._rows[table.name] += numbered
            return
        place = list(table.columns).index(table.partition)
        slices = self._slices[table.name]
        for row in numbered:
            slices[str(row[place])].append(row)

    def _write_buffered(self) -> None:
        for name, rows in self._rows.items():
            if rows:
                state = self._state(name)
                state.parts.append(self._part(name, rows, state.generation))
        for name, slices in self._slices.items():
            self._replace_slices(name, slices)
        self._rows.clear()
        self._slices.clear()

    def _replace_slices(self, name: str, slices: Mapping[str, list[Row]]) -> None:
        state = self._state(name)
        state.parts = [part for part in state.parts if part.partition not in slices]
        state.parts += [self._part(name, rows, state.generation, value) for value, rows in slices.items() if rows]

    def _part(self, name: str, rows: Sequence[Row], generation: int, partition: str | None = None) -> Part:
        content = self._writer.parquet(self._tables[name], rows)
        return Part(self._store.add_part(name, content), len(rows), generation, partition)

    def _state(self, name: str) -> TableState:
        return self.manifest.tables.setdefault(name, TableState())
