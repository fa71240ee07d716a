"""The guides of mappings/, field_specs/ and deploy/ keep their word: snippets load, examples give what they say, tables are whole.

`UPDATE_GUIDES=1 scripts/test tests/test_guides.py` writes the table of facts in mappings/FACTS.md anew.
"""

import json
import os
import re
import shlex
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import duckdb
import pytest
from ruamel.yaml import YAML

from syncer.cli import app, setup
from syncer.core import functions
from syncer.core.catalogue import compile_catalogue
from syncer.core.expressions import Expression, check
from syncer.core.health import compile_health
from syncer.core.kinds import FITS
from syncer.core.monthly import MEASURES
from syncer.core.plan import canonical
from syncer.core.project import compile_project
from syncer.core.score import contributions_query, health_query
from syncer.core.usage import COUNTS
from syncer.models import catalog_text
from syncer.specs import account, churn, health, monthly_metric, settings, usage
from syncer.specs.account import AccountMapping
from syncer.specs.mrr_policy import PRESETS, MrrPolicy
from syncer.specs.reader import Page
from syncer.specs.shipped import page
from syncer.words import errors, findings

ROOT = Path(__file__).parent.parent
MAPPINGS, EXPRESSIONS, FACTS, USAGE = (ROOT / f"mappings/{name}.md" for name in ("README", "EXPRESSIONS", "FACTS", "USAGE"))
MRR, HEALTH, MONTHLY = (ROOT / f"mappings/{name}.md" for name in ("MRR", "HEALTH", "MONTHLY"))
FIELDS, DEPLOY = (ROOT / f"{name}/README.md" for name in ("field_specs", "deploy"))
GUIDES = sorted(path for folder in ("mappings", "field_specs", "deploy") for path in (ROOT / folder).glob("*.md"))
CATALOG = {name: about for name, about in YAML(typ="safe").load(catalog_text()).items() if "." in name}
COLUMNS = setup.facts()


def blocks(guide, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", guide.read_text(), re.MULTILINE | re.DOTALL)


PLACES = {
    "models": "health",
    "churn": "months",
    "match": "mapping",
    "fields": "mapping",
    "mrr_policy": "policy",
    "jobs": "workflow",
    "key_feature_users": "usage",
}
"""What a YAML snippet is for, by a key that only such a one has; without any of them it describes fields."""


def snippets(place):
    """What the YAML snippets for a place hold."""
    for text in [text for guide in GUIDES for text in blocks(guide, "yaml")]:
        data, problems = Page(text.splitlines()[0], text).data()
        assert problems == []
        if place == next((PLACES[key] for key in data if key in PLACES), "specs"):
            yield data


def tables(guide, *header):
    """The rows of every table with these first columns, cells without their marks."""
    begin = rf"^\| {re.escape(' | '.join(header))}[^\n]*\n\|[- |]+\n"
    for table in re.findall(begin + r"((?:\|[^\n]*\n)+)", guide.read_text(), re.MULTILINE):
        for line in table.splitlines():
            yield [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def code(cell):
    return cell.removeprefix("`").removesuffix("`")


def merged(under, over):
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return {**under, **{key: merged(under.get(key), value) for key, value in over.items()}}


def account_of(text):
    """The facts that a sentence gives an account: `stripe.seats` 40 · `stripe.plan` Pro Plan."""
    given = dict(re.findall(r"`([a-z_.]+)` ([^·\n]+?)(?: ·|\n)", text))
    given = {name: value.rstrip(".") for name, value in given.items()}
    assert given.keys() <= COLUMNS.keys()
    return {name: {"yes": "true", "no": "false"}.get(value, value) for name, value in given.items()}


def engine_for(facts):
    """A connection with one account of these facts in `base`; all else is null."""
    present = {f"{source}.present": str(any(name.startswith(source) for name in facts)) for source in account.SOURCES}
    values = {name: f"'{value}'" for name, value in {**facts, **present}.items()}
    columns = [f"CAST({values.get(name, 'NULL')} AS {about['type']}) AS {name.replace('.', '__')}" for name, about in CATALOG.items()]
    engine = duckdb.connect()
    engine.execute(f"CREATE TABLE base AS SELECT 'a' AS account_id, DATE '2026-11-01' AS today, {', '.join(columns)}")
    return engine


def shown(value):
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "nothing"}[value]
    return canonical(str(value)) if isinstance(value, Decimal | int) else value.isoformat() if isinstance(value, date) else value


RESULTS_FOR = re.search(r"Results are for: (.*?)all else nothing", EXPRESSIONS.read_text(), re.DOTALL)[1]
EXAMPLES = [(code(row[0]), row[1]) for row in tables(EXPRESSIONS, "Example", "Result")]
REFUSALS = [(code(row[0]), row[1]) for row in tables(EXPRESSIONS, "Refused")]


@pytest.fixture(scope="module")
def example():
    return engine_for(account_of(RESULTS_FOR))


@pytest.mark.parametrize(("text", "result"), EXAMPLES)
def test_an_example_gives_what_it_says(example, text, result):
    expression = check(text, COLUMNS)
    assert isinstance(expression, Expression), expression
    assert shown(example.execute(f"SELECT {expression.sql} FROM base").fetchone()[0]) == result


@pytest.mark.parametrize(("text", "told"), REFUSALS)
def test_a_refusal_reads_as_shown(text, told):
    assert [fault.text for fault in check(text, COLUMNS)] == [told]


def test_every_function_has_an_example():
    used = " ".join(text for text, _ in EXAMPLES)
    assert [name for name in functions.NAMES if not re.search(rf"\b{name}\b", used)] == []


def test_the_switches_of_mrr_are_told_with_their_defaults_and_presets():
    fields = MrrPolicy.model_fields
    told = [(name, row[1]) for row in tables(MRR, "switch", "default") for name in re.findall(r"`(\w+)`", row[0])]
    assert [name for name, _ in told] == list(fields)
    for name, default in told:
        value = MrrPolicy().told()[name]
        words = f"[{', '.join(value)}]" if isinstance(value, list) else str(value or "none")
        assert words in default.replace("`", ""), name
    presets = {code(row[0]): dict(re.findall(r"`(\w+): ([^`]+)`", row[1])) for row in tables(MRR, "preset", "switches")}
    assert presets == {name: dict(switches) for name, switches in PRESETS.items()}
    for snippet in snippets("policy"):
        assert AccountMapping.model_validate({"to": "account", "match": {}, "fields": {}, **snippet})


def test_every_snippet_loads_in_its_place():
    pages = []
    for name, place, expected in zip(setup.FILES[:3], ("specs", "mapping", "health"), (3, 4, 1), strict=True):
        data, problems = page(ROOT, name).data()
        given = list(snippets(place))
        assert (problems, len(given)) == ([], expected)
        for snippet in given:
            data = snippet if place == "health" else merged(data, snippet)
        pages.append(Page(name, json.dumps(data, default=str, ensure_ascii=False)))
    project, problems = compile_project(*pages, setup.facts())
    assert problems == []
    assert {"segment", "mrr_gbp", "plan_family", "next_action"} <= {field.key for field in project.fields}


def worked_example():
    """The small health model, the account that it is worked out for, and that account's row of its query."""
    [text] = [text for text in blocks(HEALTH, "yaml") if text.startswith("models:")]
    small = Page("health.yaml", text)
    model, problems = compile_health(small.sound(health.HealthFile), COLUMNS)
    assert problems == []
    by_hand = HEALTH.read_text().split("By hand, for: ")[1]
    return model, engine_for(account_of(by_hand.splitlines()[0] + "\n")), by_hand


def test_the_score_by_hand_is_the_score():
    model, engine, by_hand = worked_example()
    columns = "health__score, health__band, health__coverage_pct, health__reasons"
    [row] = engine.execute(f"SELECT {columns} FROM ({health_query(model, 'base', None)})").fetchall()
    said = re.search(r'= \*\*(.*?)\*\*, band \*\*(.*?)\*\*, coverage \*\*(.*?)\*\* %.*"(.*?)"', by_hand, re.DOTALL)
    assert [str(value) for value in row] == list(said.groups())


def test_each_contribution_by_hand_is_what_explain_shows():
    model, engine, _ = worked_example()
    columns = "label, measured, points, weight_pct, contribution"
    rows = engine.execute(f"SELECT {columns} FROM ({contributions_query(model, 'base')})").fetchall()
    computed = [[label, measured or "nothing", *(shown(number) for number in numbers)] for label, measured, *numbers in rows]
    by_hand = [[*row[:4], canonical(row[4])] for row in tables(HEALTH, "Input", "Measured")]
    assert by_hand == computed


def test_the_table_of_facts_is_the_catalog():
    rows = "".join(f"| `{name}` | {COLUMNS[name].kind} | {about['unit']} | {about['meaning']} |\n" for name, about in CATALOG.items())
    head, table = re.split(r"(?<=\n\| --- \| --- \| --- \| --- \|\n)", FACTS.read_text())
    if os.environ.get("UPDATE_GUIDES"):
        FACTS.write_text(head + rows)
        return
    assert table == rows


def keys_of(guide, *header):
    return {key for row in tables(guide, *header) for key in re.findall(r"`([a-z_]+)`", row[0])}


def names_in(model):
    return {field.alias or name for name, field in model.model_fields.items()}


def test_every_key_of_a_mapping_is_explained():
    keys = set().union(*(keys_of(guide, "Key", "What it says") for guide in (MAPPINGS, HEALTH, MONTHLY)))
    written = [account.AccountMapping, account.FieldValue, account.Limits]
    written += [health.HealthFile, health.HealthModel, health.Part, health.Input, monthly_metric.MonthlyMapping]
    assert keys == set().union(*map(names_in, written)) - {"label", "label_ja"}
    within = {code(row[0]): set(re.findall(r"`([a-z_]+)`", row[1])) for row in tables(HEALTH, "Key", "What it says")}
    assert names_in(health.Band) <= within["bands"]
    assert {"label", "label_ja"} <= within["parts"]


def test_every_switch_and_measure_of_monthly_metrics_is_explained():
    assert keys_of(MONTHLY, "In churn") == names_in(churn.ChurnPolicy)
    told = {name for row in tables(MONTHLY, "Measure") for name in re.findall(r"`([a-z_.]+)`", row[0])}
    assert told == set(MEASURES)
    assert keys_of(FIELDS, "At the top") == names_in(monthly_metric.MonthlySpecs)
    [snippet] = snippets("months")
    shipped = page(ROOT, "mappings/monthly_metric.yaml").data()[0]
    mapping, problems = Page("snippet", json.dumps({**shipped, **snippet})).read(monthly_metric.MonthlyMapping)
    assert problems == []
    assert mapping.churn.segments == ("contract_size", "tenure", "plan")


def test_every_key_and_type_of_a_field_is_explained():
    assert keys_of(FIELDS, "Key") == names_in(account.FieldSpec)
    made_of = {code(row[0]): set(row[1].split(" or ")) for row in tables(FIELDS, "Type")}
    assert made_of == {kind: set(FITS[kind]) for kind in get_args(account.FieldType)}


def test_every_key_and_count_of_a_measure_is_explained():
    assert keys_of(USAGE, "Key") == names_in(usage.Measure)
    assert [code(row[0]) for row in tables(USAGE, "Count")] == list(COUNTS)
    mapping = Page("account.yaml", "crm: {quota: {salesforce: Quota__c, type: number}}")
    measures = {name: about for snippet in snippets("usage") for name, about in snippet.items()}
    catalogue, problems = compile_catalogue(mapping, Page("usage.yaml", json.dumps(measures)))
    assert problems == []
    for question, expression in tables(USAGE, "For", "Write"):
        assert isinstance(check(code(expression), catalogue.columns()), Expression), question


def test_every_exit_code_is_explained():
    classes = [errors.SyncerError]
    for each in classes:
        classes += each.__subclasses__()
    codes = {each.exit_code for each in classes} | {0, 10}
    assert [int(row[0]) for row in tables(DEPLOY, "Code")] == sorted(codes)
    assert {int(number) for number in re.findall(r"\b(\d+) [a-z]", app.help.split("Exit codes:")[1])} == codes


def test_every_finding_of_the_doctor_is_explained_and_can_be_given():
    assert [code(row[0]) for row in tables(DEPLOY, "Finding")] == list(findings.KEYS)
    sources = [*(ROOT / "syncer").rglob("*doctor*.py"), ROOT / "syncer/tools/examination.py"]
    texts = "".join(path.read_text() for path in sources if path.parent.name != "cli")
    assert [key for key in findings.KEYS if f'"{key}"' not in texts] == []


def commands():
    """Every command line in the guides, from shell blocks, the schedules and running text."""
    for guide in GUIDES:
        text = guide.read_text()
        lines = [line.split("#")[0].split(" > ")[0].strip() for block in blocks(guide, "sh") for line in block.splitlines()]
        yield from (line for line in lines if line.startswith("syncer "))
        yield from re.findall(r"`(syncer [^`\n>]+)", text)
        scheduled = "\n".join(blocks(guide, "yaml") + blocks(guide, "cron"))
        yield from re.findall(r"(?:^ +|bin/)(syncer [^\n>]*)", scheduled, re.MULTILINE)


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_a_command_exists_with_its_options(line):
    _, name, *arguments = [word for word in shlex.split(line) if word != "--trace"]
    if name == "--help":
        return
    above = app.make_context("syncer", [name], resilient_parsing=True)
    app.get_command(above, name).make_context(name, NEEDS.get(line, arguments), parent=above)


NEEDS = {
    "syncer apply": ["plan.json"],
    "syncer explain": ["any account"],
    "syncer mrr reconcile": ["reconcile", "--theirs", "theirs.csv"],
    "syncer try": ["1"],
    "syncer undo": ["any run"],
}
"""What a command that is only named would need."""


def test_the_workflow_gives_the_secrets_that_the_settings_name(tmp_path, monkeypatch):
    (tmp_path / "syncer.yaml").write_text(blocks(ROOT / "README.md", "yaml")[0])
    workflows = list(snippets("workflow"))
    for workflow in workflows:
        [job] = workflow["jobs"].values()
        environment = next(step["env"] for step in job["steps"] if "SYNCER_STATE" in step.get("env", {}))
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            assert settings.load(tmp_path).state == environment["SYNCER_STATE"]
    assert len(workflows) == 2


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_links_lead_somewhere(guide):
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", guide.read_text())]
    assert [target for target in targets if not (guide.parent / target).exists()] == []
