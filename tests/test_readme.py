"""README keeps its word: its transcript is what the demo prints, its settings load, its commands exist and work against the stand-ins.

A changed figure or sentence: `UPDATE_README=1 scripts/test tests/test_readme.py` writes the transcript anew; read the difference.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from syncer.specs import settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SECRETS = ("STRIPE_API_KEY", "MIXPANEL_SECRET", "ZENDESK_SECRET", "SALESFORCE_SECRET", "HUBSPOT_TOKEN")


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)


def syncer(*arguments, folder, **environment):
    command = [sys.executable, "-m", "syncer", *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SYNCER_")}
    variables = {**clean, "COLUMNS": "100", **environment}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo's folder and what it printed, with the folder's path as README shows it."""
    folder = tmp_path_factory.mktemp("demo")
    done = syncer("demo", folder=folder)
    assert done.returncode == 0, done.stderr
    text = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    return folder, text.replace(f"{folder.resolve()}/", "")


def excerpt(text):
    """The first CRM, the second and third act with the first account that changed, and the end; `…` for the rest."""
    first, rest = text.split("\nHubSpot ─", 1)
    acts = rest[rest.index("\n2 · The second sync") :]
    blocks = acts.strip().split("\n\n")
    return "\n\n".join([first.strip(), "…", *blocks[:3], "…", blocks[-1]]) + "\n"


def test_the_transcript_is_what_the_demo_prints(demo):
    shown = blocks("text")[0]
    printed = excerpt(demo[1])
    if os.environ.get("UPDATE_README"):
        README.write_text(README.read_text().replace(f"```text\n{shown}```", f"```text\n{printed}```"))
        return
    assert without_calls(shown) == without_calls(printed)


def without_calls(text):
    """HubSpot's search takes a page more in some runs: its records were written within few seconds, and are read back by their stamps."""
    return re.sub(r"\d+ calls in all", "calls in all", text)


def test_the_report_is_one_file_that_needs_nothing_else(demo):
    page = (demo[0] / "syncer-demo" / "report.html").read_text()
    assert "Monthly recurring revenue" in page
    assert not re.findall(r"src\s*=|href=\"(?!#)|@import|url\((?!#)|<script", page)


def test_the_settings_load(tmp_path, monkeypatch):
    (tmp_path / "syncer.yaml").write_text(blocks("yaml")[0])
    for name in SECRETS:
        monkeypatch.setenv(name, f"value of {name}")
    loaded = settings.load(tmp_path)
    assert (loaded.sources, loaded.crms) == (("stripe", "mixpanel", "zendesk"), ("salesforce", "hubspot"))


def test_the_commands_work_one_after_the_other(tmp_path):
    lines = [line.split("#")[0].strip() for block in blocks("sh") for line in block.splitlines() if line.startswith("syncer ")]
    assert len(lines) >= 9
    write_exports(tmp_path)
    stand_ins = [sys.executable, "-m", "syncer", "sandbox", "--accounts", "40", "--json", "--no-limits"]
    with subprocess.Popen(stand_ins, stdout=subprocess.PIPE, text=True) as served:
        try:
            environment = json.loads(served.stdout.readline())["environment"]
            for line in lines:
                arguments = [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', line)[1:]]
                arguments = [found for part in arguments for found in (sorted(map(str, tmp_path.glob(part))) if "/*" in part else [part])]
                arguments += ["--yes"] if arguments[0] == "init" else []  # which asks a person
                done = syncer(*arguments, folder=tmp_path, **environment)
                if arguments[0] == "explain":  # README's account is not in this company
                    assert "no account in Salesforce has the id, key or name 'Acme'" in done.stderr or done.returncode == 0
                else:
                    assert done.returncode == 0, f"{line}: {done.stderr}"
        finally:
            served.terminate()


def write_exports(folder):
    """The files that README's examples name."""
    price = {"id": "price_1", "object": "price", "product": "prod_1", "currency": "usd", "billing_scheme": "per_unit", "unit_amount": 900}
    price["recurring"] = {"interval": "month", "interval_count": 1, "usage_type": "licensed"}
    item = {"id": "si_1", "object": "subscription_item", "price": price, "quantity": 2}
    subscription = {"id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active", "currency": "usd"}
    subscription |= {"start_date": 1_700_000_000, "items": {"object": "list", "data": [item], "has_more": False}}
    (folder / "export").mkdir()
    (folder / "export" / "subscriptions.json").write_text(json.dumps([subscription]))
    (folder / "chartmogul.csv").write_text("id,currency,mrr\ncus_1,USD,18.00\n")


def test_links_to_files_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text()):
        assert (ROOT / target).exists(), target
