"""`syncer init` as typed: by flags without a terminal, and as a dialogue at one."""

import json
import os
import pty
import re
import stat
import subprocess
import sys

import jsonschema
import pytest
from ruamel.yaml import YAML

FLAGS = ("--crm", "salesforce", "--source", "stripe", "--source", "zendesk", "--currency", "usd", "--language", "ja", "--yes")


def syncer(folder, *words, answers=None):
    environment = {**os.environ, "COLUMNS": "80"}
    command = [sys.executable, "-m", "syncer", *words]
    return subprocess.run(command, cwd=folder, env=environment, input=answers, capture_output=True, text=True, check=False)


def test_flags_say_all_and_the_folder_passes_the_check(tmp_path):
    done = syncer(tmp_path, "init", "crm", *FLAGS, "--my-domain", "acme", "--zendesk-subdomain", "acme")
    assert (done.returncode, done.stderr) == (0, "")
    checked = syncer(tmp_path / "crm", "check")
    assert (checked.returncode, checked.stderr) == (0, "")
    made = {path.name for path in (tmp_path / "crm").iterdir()}
    assert {"syncer.yaml", ".env", ".env.example", ".gitignore", "README.md", "mappings", "field_specs"} <= made
    told = re.findall(r"^  (?:\d\. )?(?:cd crm && )?(syncer \w+|\. \S+)", done.stdout, re.MULTILINE)
    assert told == ["syncer doctor", "syncer plan", "syncer sandbox", ". ./sandbox.env", "syncer doctor", "syncer plan"]
    assert "--vendor stripe --vendor zendesk --vendor salesforce > sandbox.env" in done.stdout


def test_an_editor_finds_the_schema_of_every_file(tmp_path):
    syncer(tmp_path, "init", "--yes", "--currency", "usd")
    files = list(tmp_path.rglob("*.yaml"))
    assert len(files) == 7
    for path in files:
        first = path.read_text().splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema="), path
        schema = json.loads((path.parent / first.partition("=")[2]).read_text())
        jsonschema.validate(YAML(typ="safe").load(path), schema)


def test_secrets_have_a_file_that_only_its_owner_reads(tmp_path):
    syncer(tmp_path, "init", "--yes")
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert (tmp_path / ".env").read_text() == (tmp_path / ".env.example").read_text()
    assert ".env" in (tmp_path / ".gitignore").read_text().splitlines()


def test_what_is_there_is_left_as_it_is_and_told(tmp_path):
    (tmp_path / "mappings").mkdir()
    for name in ("syncer.yaml", ".env", "mappings/account.yaml"):
        (tmp_path / name).write_text("mine")
    done = syncer(tmp_path, "init", *FLAGS)
    assert done.returncode == 0
    for name in ("syncer.yaml", ".env", "mappings/account.yaml"):
        assert (tmp_path / name).read_text() == "mine"
        assert f"  {name} was there already and is left as it is\n" in done.stdout
    again = syncer(tmp_path, "init", *FLAGS)
    assert "Made in" not in again.stdout


@pytest.mark.parametrize(("words", "told"), [
    (("--crm", "salesforse", "--yes"), "there is no salesforse; did you mean salesforce?"),
    (("--source", "intercom", "--yes"), "there is no intercom; there are mixpanel, stripe, zendesk"),
    (("--currency", "yen", "--yes"), "write a currency code such as usd"),
    (("--language", "de", "--yes"), "write en or ja"),
    (("--my-domain", "acme.example.com", "--yes"), "write what stands before .my.salesforce.com"),
    (("--mixpanel-project", "12a", "--yes"), "write the number alone"),
    (("--zendesk-subdomain", "a b", "--yes"), "write what stands before .zendesk.com"),
])  # fmt: skip
def test_a_flag_that_cannot_be_is_named_and_nothing_is_made(tmp_path, words, told):
    done = syncer(tmp_path, "init", "crm", *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert not (tmp_path / "crm").exists()


def test_without_a_terminal_and_without_answers_it_says_how_to_go_on(tmp_path):
    done = syncer(tmp_path, "init", "crm", answers="")
    assert done.returncode == 2
    assert "no answer came for CRM; say it by a flag, or --yes" in done.stderr
    assert not (tmp_path / "crm").exists()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    done = syncer(tmp_path, "init", "file/crm", "--yes")
    assert done.returncode == 2
    assert "choose another folder" in done.stderr


def test_the_dialogue_explains_asks_again_and_takes_enter(tmp_path):
    answers = ["both", "", "fr", "ja", "", "1234567", "", "https://acme.my.salesforce.com/"]
    inside, outside = pty.openpty()
    command = [sys.executable, "-m", "syncer", "init", "crm"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=outside, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        os.write(inside, "".join(f"{answer}\n" for answer in answers).encode())
        out, err = run.communicate(timeout=30)
    os.close(inside)
    os.close(outside)
    assert run.returncode == 0, err
    for said in ("Which CRM is kept current", "CRM [salesforce]:", "Sources [all]:", "Error: write en or ja", "Zendesk subdomain [later]:"):
        assert said in err
    assert "Made in" in out
    written = (tmp_path / "crm" / "syncer.yaml").read_text()
    for line in ('project_id: "1234567"', "subdomain: fill-in", "base_url: https://acme.my.salesforce.com", "language: ja", "hubspot:"):
        assert line in written


def test_json_lists_what_was_made(tmp_path):
    done = syncer(tmp_path, "init", "crm", *FLAGS, "--json")
    assert done.stdout.startswith(
        '{"folder":"crm","made":["syncer.yaml",".env.example",".gitignore","README.md","field_specs/account.yaml"'
    )
