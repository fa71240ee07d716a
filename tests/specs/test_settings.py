"""Settings: the file and the environment together, secrets by reference, every fault with its place."""

import pytest

from syncer.specs import settings
from syncer.words.errors import FileProblems

FILE = """\
state: my-state
stripe: {api_key: "env:STRIPE_KEY"}
hubspot:
  access_token: env:HUBSPOT_TOKEN
"""


@pytest.fixture
def load(tmp_path, monkeypatch):
    def loaded(text, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        if text is not None:
            (tmp_path / "syncer.yaml").write_text(text)
        return settings.load(tmp_path)

    return loaded


def fault(load, text, **environment):
    with pytest.raises(FileProblems) as caught:
        load(text, **environment)
    return str(caught.value)


def test_the_environment_overrules_the_file_and_fills_references(load):
    found = load(FILE, STRIPE_KEY="sk_1", HUBSPOT_TOKEN="pat", SYNCER_STATE="elsewhere", SYNCER_STRIPE__BASE_URL="http://127.0.0.1:99/")
    assert (found.state, found.stripe.base_url) == ("elsewhere", "http://127.0.0.1:99")
    assert (found.stripe.api_key.get_secret_value(), found.hubspot.access_token.get_secret_value()) == ("sk_1", "pat")
    assert (found.sources, found.crms) == (("stripe",), ("hubspot",))
    assert "sk_1" not in repr(found)


def test_no_file_is_fine_when_the_environment_says_all(load):
    assert load(None, SYNCER_STRIPE__API_KEY="sk_2").stripe.api_key.get_secret_value() == "sk_2"


def test_a_secret_in_the_file_is_refused_without_being_shown(load):
    text = fault(load, "stripe:\n  api_key: sk_live_123\n")
    assert "syncer.yaml:2:12: stripe.api_key is a secret and must not stand in a file" in text
    assert "sk_live" not in text


def test_a_reference_to_nothing_names_the_variable(load):
    assert "points to the environment variable NOT_THERE, which is not set" in fault(load, "stripe: {api_key: env:NOT_THERE}\n")


@pytest.mark.parametrize("url", ["http://api.example.com", "http://10.0.0.1", "ftp://x", "https://user@example.com", "api.stripe.com"])
def test_plain_http_is_for_loopback_only(load, url):
    assert "base_url must" in fault(load, f"stripe: {{api_key: env:K, base_url: '{url}'}}\n", K="x")


def test_a_misspelt_variable_and_key_are_named(load):
    assert "SYNCER_STRIP__API_KEY is not a setting; did you mean SYNCER_STRIPE__API_KEY?" in fault(load, None, SYNCER_STRIP__API_KEY="x")


def test_a_missing_part_says_where_to_put_it(load):
    text = fault(load, "salesforce:\n  base_url: https://acme.my.salesforce.com\n")
    assert "syncer.yaml:1:1: salesforce.client_id is missing; set it in syncer.yaml or as SYNCER_SALESFORCE__CLIENT_ID" in text


def test_broken_yaml_has_a_place(load):
    assert "syncer.yaml:2:" in fault(load, "state: x\n\tstripe: 1\n")


def test_an_unknown_key_in_the_file_is_named_with_the_nearest_known_one(load):
    assert fault(load, "stripee: {}\n") == "syncer.yaml:1:1: there is no key stripee here; did you mean stripe?"
    text = fault(load, "stripe: {api_key: env:K, base_ur: 'https://x.example'}\n", K="x")
    assert "there is no key base_ur here; did you mean base_url?" in text
