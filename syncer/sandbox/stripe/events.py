"""Every change made through the API leaves an event (https://docs.stripe.com/api/events)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from syncer.sandbox.stripe.blanks import EVENT
from syncer.sandbox.stripe.expand import Renderer
from syncer.sandbox.stripe.params import Params
from syncer.sandbox.stripe.shelf import Record
from syncer.sandbox.stripe.store import Store


@dataclass(frozen=True)
class Asked:
    """A request for a change: its parameters, the path's id (empty for a creation), and what its events say of it."""

    params: Params
    now: int
    record_id: str = ""
    request_id: str | None = None
    idempotency_key: str | None = None


def previous(before: Record, after: Record) -> Record:
    """What an update replaced: of a hash its changed keys, of anything else the whole old value."""
    changed: dict[str, Any] = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and "data" not in old:
            keys = sorted(old.keys() | new.keys())
            changed[name] = {key: old.get(key) for key in keys if old.get(key) != new.get(key)}
        else:
            changed[name] = old
    return dict(sorted(changed.items()))


class Journal:
    """Puts records on their shelves and notes it."""

    def __init__(self, store: Store, renderer: Renderer) -> None:
        self.store = store
        self.renderer = renderer

    def created(self, shelf: str, record: Record, event: str, asked: Asked) -> Record:
        self.store.shelves[shelf].put(record)
        self.note(event, self._shown(shelf, record), asked)
        return record

    def changed(self, shelf: str, record: Record, event: str, asked: Asked) -> Record:
        """`*.updated` events name what was there before; a change that changes nothing leaves no event."""
        before = self._shown(shelf, self.store.shelves[shelf].records[record["id"]])
        self.store.shelves[shelf].put(record)
        after = self._shown(shelf, record)
        if not event.endswith(".updated"):
            self.note(event, after, asked)
        elif replaced := previous(before, after):
            self.note(event, after, asked, replaced)
        return record

    def deleted(self, shelf: str, record: Record, event: str, asked: Asked) -> Record:
        self.note(event, self._shown(shelf, record), asked)
        self.store.shelves[shelf].remove(record["id"])
        return {"id": record["id"], "object": record["object"], "deleted": True}

    def _shown(self, shelf: str, record: Record) -> Record:
        return self.renderer.render(self.store.shelves[shelf].kind, record)

    def note(self, event: str, shown: Record, asked: Asked, replaced: Record | None = None) -> None:
        data = {"object": shown} if replaced is None else {"object": shown, "previous_attributes": replaced}
        self.store.shelves["events"].put(
            {
                **EVENT,
                "id": self.store.new_id("evt"),
                "created": asked.now,
                "data": data,
                "type": event,
                "request": {"id": asked.request_id, "idempotency_key": asked.idempotency_key},
            }
        )
