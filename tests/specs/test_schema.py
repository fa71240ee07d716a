"""JSON Schemas: the shipped ones are up to date, allow every shipped file, and refuse what the reader refuses.

`UPDATE_SCHEMAS=1 scripts/test tests/specs/test_schema.py` writes the shipped ones anew.
"""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from syncer.runs.schemas import place_of, schemas, write_schemas
from syncer.specs.reader import Page
from syncer.specs.schema import MODELS
from syncer.specs.shipped import defaults, page

NOWHERE = Path("/nowhere")
SCHEMAS = schemas(NOWHERE)
FILES = [file for file in MODELS if file != "syncer.yaml"]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else float(value) if isinstance(value, Decimal) else value


def faults(file, text):
    data, problems = Page(file, text).data()
    assert problems == []
    return [error.message for error in Draft202012Validator(SCHEMAS[place_of(file)]).iter_errors(plain(data))]


@pytest.mark.parametrize("file", MODELS)
def test_a_schema_is_one_and_says_what_every_key_is(file):
    schema = SCHEMAS[place_of(file)]
    Draft202012Validator.check_schema(schema)
    objects = [schema, *schema.get("$defs", {}).values()]
    silent = {
        key
        for each in objects
        for key, about in each.get("properties", {}).items()
        if not about.get("description") and "$ref" not in json.dumps(about)
    }
    assert silent <= ({"count", "events", "but", "surface", "days", "before", "meaning"} if "usage" in file else set())


@pytest.mark.parametrize("file", FILES)
def test_a_shipped_file_fits_its_schema_and_names_it(file):
    text = page(NOWHERE, file).text
    assert text.splitlines()[0] == f"# yaml-language-server: $schema=schema/{Path(file).stem}.json"
    assert faults(file, text) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_schemas_are_up_to_date(name):
    if os.environ.get("UPDATE_SCHEMAS"):
        write_schemas(defaults())
    shipped = json.loads((defaults() / name).read_text(encoding="utf-8"))
    assert shipped == SCHEMAS[name], "run: syncer schema ."


BROKEN = {
    "an unknown key": ("field_specs/account.yaml", "mrr: {label: MRR, type: number, help: x, salesfroce: MRR__c}"),
    "a key that is missing": ("field_specs/account.yaml", "mrr: {label: MRR, type: number}"),
    "a type that there is not": ("field_specs/account.yaml", "mrr: {label: MRR, type: money, help: x}"),
    "a text for a number": ("field_specs/account.yaml", "mrr: {label: MRR, type: number, help: x, scale: two}"),
    "a number for a text": ("field_specs/account.yaml", "mrr: {label: 2026, type: number, help: x}"),
    "a share without %": ("mappings/account.yaml", "to: account\nmatch: {}\nfields: {}\nlimits: {changed: 30}"),
    "a rule without =": ("mappings/account.yaml", "to: account\nmatch: {stripe: [domain]}\nfields: {}"),
    "a choice that there is not": ("mappings/account.yaml", "to: account\nmatch: {}\nfields: {mrr: {value: stripe.mrr, on_missing: kep}}"),
    "a preset that there is not": ("mappings/account.yaml", "to: account\nmatch: {}\nfields: {}\nmrr_policy: {preset: stripe}"),
    "a list for keys": ("mappings/health.yaml", "models: [a]"),
    "a measure that there is not": ("mappings/monthly_metric.yaml", "to: monthly_metric\nfields: {start: begin}"),
    "a secret in the file": ("syncer.yaml", "stripe: {api_key: rk_live_1}"),
}


@pytest.mark.parametrize(("file", "text"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_does_not_fit(file, text):
    assert faults(file, text)
    _, problems = Page(file, text).read(MODELS[file])
    assert problems or file == "syncer.yaml" or "begin" in text


FINE = {
    "yes for true": ("field_specs/account.yaml", "plan: {label: Plan, type: picklist, help: x, open: yes}"),
    "a number in quotes": ("field_specs/account.yaml", 'mrr: {label: MRR, type: number, help: x, scale: "2"}'),
    "a field of one's own": ("mappings/account.yaml", "to: account\nmatch: {}\nfields: {own_field: stripe.mrr}"),
    "both forms of a field": (
        "mappings/account.yaml",
        "to: account\nmatch: {}\nfields: {mrr: stripe.mrr, arr: {value: stripe.arr, limit: 100%}}",
    ),
    "a preset": ("mappings/account.yaml", "to: account\nmatch: {}\nfields: {}\nmrr_policy: {preset: stripe_dashboard, trialing: include}"),
    "settings without what the environment says": ("syncer.yaml", "stripe: {api_key: env:STRIPE_API_KEY}\nsalesforce: {client_id: x}"),
}


@pytest.mark.parametrize(("file", "text"), FINE.values(), ids=FINE)
def test_what_the_reader_takes_fits(file, text):
    assert faults(file, text) == []
    if file != "syncer.yaml":
        assert Page(file, text).read(MODELS[file])[1] == []


def test_a_mapping_offers_the_fields_of_its_own_folder(tmp_path):
    (tmp_path / "field_specs").mkdir()
    (tmp_path / "field_specs/account.yaml").write_text("tier: {label: Tier, type: text, help: How big they are.}\nbad: {type: text}\n")
    written = write_schemas(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in written} == set(SCHEMAS)
    fields = json.loads((tmp_path / "mappings/schema/account.json").read_text())["properties"]["fields"]["properties"]
    assert fields["tier"]["description"] == "Tier (text): How big they are."
