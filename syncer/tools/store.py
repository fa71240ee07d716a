"""The state: append-only Parquet parts and numbered commits in a folder or a bucket. A cache: the vendors and the CRM can rebuild it.

    commits/0000000042.json   a manifest: which parts make each table, where each connector goes on, marks of the runs
    parts/stripe.customer/…   immutable Parquet files
    compiled/…                what took long to work out and follows from its name
    lease/0000000007.json     who works, until when; its number is the fencing token

Every object is made by put-if-absent, the one condition that works on disk and in every bucket. The commit with the highest number is the
state; who loses the race for a number reads again.
"""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import obstore
from obstore.exceptions import AlreadyExistsError

from syncer.words.errors import LeaseHeld, SyncerError

FORMAT = 1
KEPT_COMMITS = 4
KEPT_TEXTS = 12
MOST_PARTS = 12
FEW_ROWS = 1000


class Part(msgspec.Struct, frozen=True):
    """One Parquet file of a table. `folded`: no key is in it twice, and every part that is not folded is newer; of rows that belong to
    records of another table: they belong to that table's folded part."""

    path: str
    rows: int
    generation: int = 0
    partition: str | None = None
    folded: bool = False


class TableState(msgspec.Struct):
    """The parts of a table. `generation` counts full sweeps begun; a sweep that completes drops the parts of earlier generations."""

    parts: list[Part] = []
    generation: int = 0

    @property
    def folded(self) -> list[Part]:
        """The folded part, if there is one."""
        return [part for part in self.parts if part.folded]

    @property
    def newer(self) -> list[Part]:
        """What was stored since the parts were folded."""
        return [part for part in self.parts if not part.folded]

    @property
    def wants_folding(self) -> bool:
        """Whether reading it as it is costs more than rewriting it: it has many parts, or more news than what they are news to."""
        news = sum(part.rows for part in self.newer)
        return len(self.newer) > MOST_PARTS or news > max(FEW_ROWS, sum(part.rows for part in self.folded))


class Manifest(msgspec.Struct):
    """The whole state at one commit. `sequence` numbers pages as they are stored: newer rows have larger ones."""

    number: int = 0
    format: int = FORMAT
    run: str = ""
    sequence: int = 0
    tables: dict[str, TableState] = {}
    cursors: dict[str, dict[str, Any]] = {}
    marks: dict[str, Any] = {}

    @property
    def rows(self) -> int:
        """How many rows the parts have."""
        return sum(part.rows for table in self.tables.values() for part in table.parts)


class Lease(msgspec.Struct, frozen=True):
    """Who works on the state and until when (epoch seconds); 0 means released."""

    number: int
    run: str
    until: int


_T = TypeVar("_T", Manifest, Lease)


class LostRace(SyncerError):
    """Another run committed first."""


class StateUnreadable(SyncerError):
    """A state file is cut short or from a newer version."""


class Store:
    """The state at an address: a folder, or `s3://…`, `gs://…`, `az://…`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._cache: Path | None = None
        if "://" in address:
            self._objects = obstore.store.from_url(address)
            self._cache = Path(tempfile.mkdtemp(prefix="syncer-parts-"))
            self.folder = self._cache
        else:
            self.folder = Path(address).expanduser().resolve()
            self._objects = obstore.store.LocalStore(self.folder, mkdir=True)

    def latest(self) -> Manifest:
        """The newest commit, an empty manifest when there is none."""
        names = self._names("commits/")
        return self._read(names[-1], Manifest) if names else Manifest()

    def commit(self, manifest: Manifest) -> Manifest:
        """The manifest as the next commit. LostRace when that number exists already."""
        written = msgspec.structs.replace(manifest, number=manifest.number + 1)
        try:
            self._create(_numbered("commits", written.number), msgspec.json.encode(written))
        except AlreadyExistsError:
            raise LostRace(
                f"state {self.address}: another run made commit {written.number} first; this run's last step was not saved, run again"
            ) from None
        return written

    def add_part(self, table: str, content: bytes) -> str:
        """The path of a new part with this Parquet content."""
        path = f"parts/{table}/{uuid.uuid4().hex}.parquet"
        self._create(path, content)
        return path

    def local(self, path: str) -> Path:
        """Where an engine on this machine can read the part; fetched once from a bucket."""
        place = self.folder / path
        if self._cache is not None and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(bytes(obstore.get(self._objects, path).bytes()))
        return place

    def kept(self, path: str) -> bytes | None:
        """What `keep` put there, if it is still there."""
        try:
            return bytes(obstore.get(self._objects, path).bytes())
        except FileNotFoundError:
            return None

    def keep(self, path: str, content: bytes) -> None:
        """Put content that follows from its path there, if nobody has yet."""
        try:
            self._create(path, content)
        except AlreadyExistsError:
            return

    def sweep(self, manifest: Manifest) -> None:
        """Delete parts that no kept commit names, commits beyond the newest few and texts beyond the newest dozen."""
        names = self._names("commits/")
        kept = [self._read(name, Manifest) for name in names[-KEPT_COMMITS:-1]] + [manifest]
        wanted = {part.path for commit in kept for table in commit.tables.values() for part in table.parts}
        texts = sorted((meta["last_modified"], meta["path"]) for batch in obstore.list(self._objects, "compiled/") for meta in batch)
        stale = [path for path in self._names("parts/") if path not in wanted] + names[:-KEPT_COMMITS]
        stale += [path for _, path in texts[:-KEPT_TEXTS]]
        if stale:
            obstore.delete(self._objects, stale)

    def try_out(self) -> None:
        """Put an object and delete it again, as every run does. Whatever the folder or bucket raises when it cannot."""
        path = f"tried/{uuid.uuid4().hex}"
        self._create(path, b"")
        obstore.delete(self._objects, path)

    def at_work(self, now: int) -> Lease | None:
        """The lease of a run that has not given it back yet, None when the state is free."""
        names = self._names("lease/")
        last = self._read(names[-1], Lease) if names else None
        return last if last and last.until > now else None

    def acquire(self, run: str, now: int, seconds: int) -> Lease:
        """The lease, for this run alone until `now + seconds`. LeaseHeld when another run has it."""
        names = self._names("lease/")
        last = self._read(names[-1], Lease) if names else Lease(0, "", 0)
        if last.until > now:
            raise LeaseHeld(
                f"state {self.address}: run {last.run} is at work for up to {last.until - now} s more; "
                "wait for it, or if it died, run again after that"
            )
        return self._put_lease(Lease(last.number + 1, run, now + seconds))

    def renew(self, lease: Lease, until: int) -> Lease:
        """The lease until later. LeaseHeld when it ran out and another run took it: this run must not commit any more."""
        return self._put_lease(Lease(lease.number + 1, lease.run, until))

    def release(self, lease: Lease) -> None:
        """Give the lease back, so that the next run need not wait for its end."""
        self._put_lease(Lease(lease.number + 1, lease.run, 0))
        obstore.delete(self._objects, self._names("lease/")[:-1])

    def _put_lease(self, lease: Lease) -> Lease:
        try:
            self._create(_numbered("lease", lease.number), msgspec.json.encode(lease))
        except AlreadyExistsError:
            raise LeaseHeld(f"state {self.address}: another run took the lease at this moment; run again later") from None
        return lease

    def _create(self, path: str, content: bytes) -> None:
        obstore.put(self._objects, path, content, mode="create")

    def _names(self, prefix: str) -> list[str]:
        return sorted(meta["path"] for batch in obstore.list(self._objects, prefix) for meta in batch)

    def _read(self, path: str, shape: type[_T]) -> _T:
        content = bytes(obstore.get(self._objects, path).bytes())
        try:
            found = msgspec.json.decode(content, type=shape)
        except msgspec.MsgspecError as error:
            raise StateUnreadable(
                f"state {self.address}: {path} cannot be read ({error}); "
                "delete that file to go back one commit, or the whole state to rebuild it"
            ) from None
        if isinstance(found, Manifest) and found.format > FORMAT:
            raise StateUnreadable(
                f"state {self.address}: {path} was written by a newer syncer (format {found.format}, this one knows {FORMAT}); "
                "upgrade syncer or point SYNCER_STATE elsewhere"
            )
        return found


def _numbered(folder: str, number: int) -> str:
    return f"{folder}/{number:010d}.json"
