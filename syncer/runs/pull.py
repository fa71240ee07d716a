"""Reads what changed at the sources into the store, all sources at the same time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

from syncer.connectors.port import Connector
from syncer.tools.intake import Intake
from syncer.words.tables import Page

Watch = Callable[[str, int, int | None], None]
"""Told of progress: what is going on, how many so far, how many in all if that is known."""


def read_mark(vendor: str) -> str:
    """The mark of the state that holds the instant up to which a source, or the CRM's records, were last read whole."""
    return f"read.{vendor}"


def pull(connectors: Sequence[Connector], intake: Intake, as_of: int, watch: Watch) -> dict[str, int]:
    """Rows read by source. What was read before a source failed is kept with its cursor; then the first failure is raised."""
    pages: queue.Queue[tuple[Connector, Page | BaseException | None]] = queue.Queue(maxsize=16)
    stop = threading.Event()
    cursors = {connector.name: intake.manifest.cursors.get(connector.name, {}) for connector in connectors}
    threads = [
        threading.Thread(target=_read, args=(connector, cursors[connector.name], as_of, pages, stop), name=connector.name, daemon=True)
        for connector in connectors
    ]
    for thread in threads:
        thread.start()
    rows = dict.fromkeys(cursors, 0)
    failures: list[BaseException] = []
    running = len(threads)
    while running:
        connector, item = pages.get()
        if isinstance(item, Page):
            intake.add(connector.name, item)
            rows[connector.name] += sum(map(len, item.rows.values()))
            watch(connector.name, rows[connector.name], None)
            continue
        running -= 1
        if item is not None:
            failures.append(item)
            stop.set()
        elif not failures:  # else it may have stopped half-way
            intake.mark(read_mark(connector.name), as_of)
    for thread in threads:
        thread.join()
    intake.flush()
    if failures:
        raise failures[0]
    return rows


def _read(
    connector: Connector,
    cursor: dict[str, object],
    as_of: int,
    pages: queue.Queue[tuple[Connector, Page | BaseException | None]],
    stop: threading.Event,
) -> None:
    """Feed the queue; its last item is None, or what went wrong. The reading thread raises nothing: the run does."""
    try:
        for page in connector.pull(cursor, as_of):
            pages.put((connector, page))
            if stop.is_set():
                break
    except BaseException as error:  # noqa: BLE001  (handed over whole to the thread that can raise it)
        pages.put((connector, error))
    else:
        pages.put((connector, None))
