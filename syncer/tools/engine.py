"""DuckDB in the process: reads the store's Parquet parts as tables, runs composed SQL, writes new parts."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from syncer.tools.store import Manifest, Part, Store, TableState
from syncer.words.errors import SyncerError
from syncer.words.tables import Row, Table

_PARAMETER = re.compile(r"\$(\w+)")
ROWS_FOR_THREADS = 2_000_000


class ComputationFailed(SyncerError):
    """SQL that bound against the tables met a value that it cannot work with, such as a number with too many digits."""


class Engine:
    """A connection over one state, or over what is filled in alone.

    SQL here reaches nothing but the state's own parts: other files, network and settings are off.
    """

    def __init__(self, store: Store | None = None, *, rows: int | None = None) -> None:
        """`rows`: about how many the tables hold, if that is known. Few are worked through with less effort by one thread."""
        self._store = store
        self._connection = duckdb.connect()
        if rows is not None and rows < ROWS_FOR_THREADS:
            self._connection.execute("SET threads = 1")
        if store is not None:
            self._connection.execute(f"SET allowed_directories = [{_quoted(str(store.folder))}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET enable_progress_bar = false")
        # DuckDB 2.0.0 fails while it gathers small chunks: "dict-surviving cache: global dictionary column … changed identity"; kin of
        # https://github.com/duckdb/duckdb/issues/24807
        self._connection.execute("SET enable_caching_operators = false")
        self._connection.execute("SET lock_configuration = true")

    def close(self) -> None:
        self._connection.close()

    def bind(self, tables: Sequence[Table], manifest: Manifest) -> None:
        """Each table as a view of its newest rows, empty when nothing was stored yet."""
        by_name = {table.name: table for table in tables}
        for table in tables:
            self.define(table.name, self._newest(table, by_name, manifest))

    def _execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(sql, _used(sql, parameters or {}))
        except duckdb.Error as error:
            what = str(error).splitlines()[0]
            raise ComputationFailed(
                f"a computation failed: {what}. If a value is too large, mend it at its source or in the mapping"
            ) from error

    def define(self, name: str, select: str) -> None:
        """A view of that name; a name with a dot makes its schema too."""
        self._execute(f"CREATE OR REPLACE VIEW {self._place(name)} AS {select}")

    def compute(self, name: str, select: str, parameters: Mapping[str, Any] | None = None) -> None:
        """A table in memory with the rows of the query."""
        self._execute(f"CREATE OR REPLACE TABLE {self._place(name)} AS {select}", parameters)

    def fill(self, table: Table, rows: Sequence[Row]) -> None:
        """A table in memory with these rows."""
        place = self._place(table.name)
        columns = ", ".join(f'"{name}" {kind}' for name, kind in table.columns.items())
        self._execute(f"CREATE OR REPLACE TABLE {place} ({columns})")
        if rows:
            appender = self._connection.appender(place)
            appender.append_rows([tuple(row) for row in rows])
            appender.flush()

    def _place(self, name: str) -> str:
        schema, _, relation = name.rpartition(".")
        if not schema:
            return f'"{relation}"'
        self._execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        return f'"{schema}"."{relation}"'

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of the query."""
        return self._execute(sql, parameters).fetchall()

    def columns(self, sql: str) -> dict[str, str]:
        """Column names of the query and their types."""
        return {str(row[0]): str(row[1]) for row in self._execute(f"DESCRIBE {sql}").fetchall()}

    def _newest(self, table: Table, by_name: Mapping[str, Table], manifest: Manifest) -> str:
        """The table as it is now: of folded parts what no newer part replaces, and of newer ones the newest row of each key."""
        columns = ", ".join(f't."{name}"' for name in table.columns)
        state = manifest.tables.get(table.name, TableState())
        if table.partition:
            steps = [f"SELECT {columns} FROM {source} AS t" for source in self._files(table, state.parts)]
        elif table.parent is None:
            steps = self._newest_records(table, columns, state)
        else:
            steps = self._newest_children(table, columns, state, by_name[table.parent], manifest)
        nothing = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in table.columns.items())
        return " UNION ALL ".join(steps) or f"SELECT {nothing} WHERE FALSE"

    def _newest_records(self, table: Table, columns: str, state: TableState) -> list[str]:
        key = ", ".join(f'"{name}"' for name in table.key)
        newer, folded = self._files(table, state.newer), self._files(table, state.folded)
        steps = [f"SELECT {columns} FROM {source} AS t {_unless_in(newer, table.key, table.key)}" for source in folded]
        newest = f"QUALIFY ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY _seq DESC) = 1"
        return [*steps, *(f"SELECT {columns} FROM (SELECT * FROM {source} {newest}) AS t" for source in newer)]

    def _newest_children(self, table: Table, columns: str, state: TableState, parent: Table, manifest: Manifest) -> list[str]:
        parents = manifest.tables.get(parent.name, TableState())
        owner, key = next(iter(table.columns)), parent.key[0]
        settled = state.folded if parents.folded else []
        moving = [part for part in state.parts if part not in settled]
        owners = self._files(parent, parents.newer)
        steps = [f"SELECT {columns} FROM {source} AS t {_unless_in(owners, (owner,), (key,))}" for source in self._files(table, settled)]
        return steps + [
            f'SELECT {columns} FROM {source} AS t JOIN (SELECT "{key}" AS owner, MAX(_seq) AS newest FROM {known} GROUP BY 1) AS p '
            f'ON p.owner = t."{owner}" AND p.newest = t._seq'
            for source in self._files(table, moving)
            for known in owners
        ]

    def _files(self, table: Table, parts: Sequence[Part]) -> list[str]:
        """The parts as one relation, if there are any."""
        if self._store is None or not parts:
            return []
        paths = ", ".join(_quoted(str(self._store.local(part.path))) for part in parts)
        # columns that a table gained since a part was written are empty in that part
        declared = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in table.columns.items())
        return [f"(SELECT {declared} WHERE FALSE UNION ALL BY NAME SELECT * FROM read_parquet([{paths}], union_by_name = true))"]


def _unless_in(newer: Sequence[str], own: Sequence[str], theirs: Sequence[str]) -> str:
    """The part of a SELECT from `t` that leaves out rows which these relations have too; a key may be null."""
    same = " AND ".join(f'n."{there}" IS NOT DISTINCT FROM t."{here}"' for here, there in zip(own, theirs, strict=True))
    return " ".join(f"ANTI JOIN {source} AS n ON {same}" for source in newer)


class PartWriter:
    """Turns rows or a query over the engine into Parquet content. A connection of its own: this one may write files."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._folder = tempfile.TemporaryDirectory(prefix="syncer-write-")

    def close(self) -> None:
        self._connection.close()
        self._folder.cleanup()

    def parquet(self, table: Table, rows: Sequence[Row]) -> bytes:
        """The rows (each with its sequence number last) as Parquet, columns typed as the table declares them."""
        columns = ", ".join(f'"{name}" {kind}' for name, kind in (*table.columns.items(), ("_seq", "BIGINT")))
        self._connection.execute(f"CREATE OR REPLACE TABLE buffer ({columns})")
        appender = self._connection.appender("buffer")
        appender.append_rows([tuple(row) for row in rows])
        appender.flush()
        return self._copy("SELECT * FROM buffer")[0]

    def folded(self, table: Table, store: Store, parts: Sequence[Part]) -> tuple[bytes, int]:
        """The newest row of each key of several parts as one part, and how many rows that are."""
        paths = ", ".join(_quoted(str(store.local(part.path))) for part in parts)
        key = ", ".join(f'"{name}"' for name in table.key)
        newest = f"QUALIFY ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY _seq DESC) = 1"
        return self._copy(f"SELECT * FROM read_parquet([{paths}], union_by_name = true) {newest}")

    def folded_children(self, table: Table, store: Store, parts: Sequence[Part], parents: Part, parent_key: str) -> tuple[bytes, int]:
        """The rows of several parts that belong to the newest page of their parent, as one part, and how many they are."""
        paths = ", ".join(_quoted(str(store.local(part.path))) for part in parts)
        owner = next(iter(table.columns))
        return self._copy(
            f"SELECT t.* FROM read_parquet([{paths}], union_by_name = true) AS t "
            f"JOIN read_parquet({_quoted(str(store.local(parents.path)))}) AS p "
            f'ON p."{parent_key}" = t."{owner}" AND p._seq = t._seq'
        )

    def _copy(self, select: str) -> tuple[bytes, int]:
        """The rows of a query as Parquet, and how many they are."""
        target = Path(self._folder.name) / "part.parquet"
        [(rows,)] = self._connection.execute(f"COPY ({select}) TO {_quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)").fetchall()
        return target.read_bytes(), rows


def _used(sql: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    names = set(_PARAMETER.findall(sql))
    return {name: value for name, value in parameters.items() if name in names}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
