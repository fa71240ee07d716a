"""What takes long to work out and follows from little, such as composed SQL, kept in the state under a hash of what it is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from syncer.tools.store import Store


def compiled(store: Store, make: Callable[[], str], *definition: object) -> str:
    """What `make` works out from `definition`, whose parts must tell all of themselves in their `repr`."""
    digest = hashlib.sha256(repr((_makers(), *definition)).encode()).hexdigest()
    path = f"compiled/{digest[:32]}"
    kept = store.kept(path)
    if kept is not None:
        return kept.decode()
    text = make()
    store.keep(path, text.encode())
    return text


@cache
def _makers() -> str:
    """A hash of the code and the models that texts are composed by."""
    digest = hashlib.sha256(version("sqlglot").encode())
    for name in ("core", "models"):
        for path, content in _contents(files("syncer").joinpath(name)):
            digest.update(f"{path} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _contents(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _contents(entry)
        else:
            yield entry.name, entry.read_bytes()
