"""What the commands about revenue share: the instant, the switches of MRR, the files."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import click

from syncer.specs.mrr_policy import PRESETS
from syncer.words.errors import UsageError
from syncer.words.when import epoch, iso

as_of = click.option("--as-of", metavar="T", help="A day, an ISO instant or epoch seconds; now if not said.")
preset = click.option("--preset", type=click.Choice(list(PRESETS)), help="Switches by the name of whose figure they come near to.")
switches = click.option("--set", "switches", metavar="SWITCH=VALUE", multiple=True, help="Change one switch; may be given again.")


def instant(text: str | None) -> int:
    """Epoch seconds of --as-of, of now without it."""
    if text is None:
        return int(time.time())
    try:
        seconds = int(text) if text.lstrip("-").isdecimal() else epoch(text)
        iso(seconds)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"--as-of {text} is no instant; write a day (2026-11-01), 2026-11-01T09:00:00Z or epoch seconds") from None
    return seconds


def set_switches(written: Sequence[str]) -> Mapping[str, str]:
    """`--set trialing=include` by name; the last of a name wins."""
    wrong = next((text for text in written if "=" not in text), None)
    if wrong is not None:
        raise UsageError(f"--set {wrong} lacks its value; write --set switch=value, such as --set trialing=include")
    return {name.strip(): value.strip() for name, _, value in (text.partition("=") for text in written)}
