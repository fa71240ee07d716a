"""A new folder holds just what the chosen CRMs and sources need, and `syncer check` finds nothing wrong, whatever was chosen."""

from itertools import chain, combinations, product

import pytest

from syncer.cli.init import _shipped, _write
from syncer.core.starter import Choices, starter
from syncer.runs.written import project
from syncer.specs import settings
from syncer.specs.account import CRMS, SOURCES

SHIPPED = _shipped()


def some_of(names):
    return chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1))


ALL = [Choices(*each) for each in product(some_of(CRMS), some_of(SOURCES), (None, "usd"), ("en", "ja"))]


def named(choices):
    return "-".join((*choices.crms, *choices.sources, choices.currency or "none", choices.language))


@pytest.fixture(params=ALL, ids=named)
def made(request, tmp_path):
    _write(tmp_path, starter(request.param, SHIPPED))
    return request.param, tmp_path


def test_every_choice_makes_a_folder_in_order(made):
    choices, folder = made
    known, lacks = settings.load_known(folder)
    found = project(folder)

    assert (known.crms, known.sources, known.language) == (
        tuple(crm for crm in CRMS if crm in choices.crms),
        tuple(source for source in SOURCES if source in choices.sources),
        choices.language,
    )
    assert set(lacks) == {*choices.crms, *choices.sources}, "every vendor waits for its secret"
    assert [field.key for field in found.fields if not all(field.spec.in_crm(crm) for crm in choices.crms)] == []
    assert {field.key for field in found.fields} == set(found.specs), "no field without a value, no value without a field"
    absent = tuple(f"{source}." for source in {*SOURCES} - {*choices.sources})
    used = chain.from_iterable(field.expression.columns for field in found.fields)
    assert [name for name in (*used, *found.health.columns) if name.startswith(absent)] == []
    assert found.mapping.mrr_policy.reporting_currency == (choices.currency if "stripe" in choices.sources else None)
    assert ("mrr_reporting" in found.specs) == bool(choices.currency and "stripe" in choices.sources)


def test_nothing_speaks_of_a_crm_or_language_that_was_not_chosen(made):
    choices, folder = made
    texts = {path.name: path.read_text() for path in folder.rglob("*.yaml") if path.name != "usage.yaml"}
    for crm in {*CRMS} - {*choices.crms}:
        assert [name for name, text in texts.items() if f"{crm}:" in text.replace("or in Salesforce: rates", "")] == []
    assert any("label_ja" in text for text in texts.values()) == (choices.language == "ja")
    assert [name for name, text in texts.items() if "in this folder" in text] == []


def test_the_settings_and_the_example_of_secrets_name_the_same_variables(made):
    _, folder = made
    lines = [line.partition("#")[0] for line in (folder / "syncer.yaml").read_text().splitlines()]
    named = {line.split("env:")[1].strip() for line in lines if "env:" in line}
    listed = {line.removesuffix("=") for line in (folder / ".env.example").read_text().splitlines() if line.endswith("=")}
    assert named == listed


def test_what_is_said_of_ids_stands_in_the_settings(tmp_path):
    ids = {"zendesk.subdomain": "acme", "mixpanel.project_id": "0123", "salesforce.base_url": "https://acme.my.salesforce.com"}
    _write(tmp_path, starter(Choices(("salesforce",), SOURCES, ids=ids), SHIPPED))
    found = settings.load_known(tmp_path).settings
    assert (found.zendesk.subdomain, found.mixpanel.project_id, found.salesforce.base_url) == tuple(ids.values())


def test_with_everything_chosen_all_that_is_shipped_is_there():
    files = starter(Choices(CRMS, SOURCES, "usd", "ja"), SHIPPED)
    for name, text in SHIPPED.items():
        missing = set(text.splitlines()) - set(files[name].splitlines())
        assert [line for line in missing if not line.startswith("# ")] == []
