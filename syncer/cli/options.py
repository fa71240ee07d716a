"""Options that several commands have."""

from __future__ import annotations

import click

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object per line on stdout instead of text.")
