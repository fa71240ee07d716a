"""`.env` beside `syncer.yaml`: fills references and settings that the environment does not set, and never shows a value in a fault."""

import pytest

from syncer.specs import settings
from syncer.words.errors import FileProblems

YAML = "stripe: {api_key: env:STRIPE_API_KEY}\n"


@pytest.fixture
def folder(tmp_path):
    def written(env, text=YAML):
        (tmp_path / "syncer.yaml").write_text(text)
        (tmp_path / ".env").write_text(env)
        return tmp_path

    return written


@pytest.mark.parametrize("line", ["STRIPE_API_KEY=rk_1", "export STRIPE_API_KEY='rk_1'", '# a remark\n\nSTRIPE_API_KEY = "rk_1"  # mine'])
def test_a_reference_is_filled_from_the_file(folder, line):
    assert settings.load(folder(line)).stripe.api_key.get_secret_value() == "rk_1"


def test_the_environment_wins(folder, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "rk_env")
    monkeypatch.setenv("SYNCER_STATE", "from-env")
    found = settings.load(folder("STRIPE_API_KEY=rk_file\nSYNCER_STATE=from-file\nSYNCER_LANGUAGE=ja\n"))
    assert (found.stripe.api_key.get_secret_value(), found.state, found.language) == ("rk_env", "from-env", "ja")


def test_settings_in_it_go_over_those_in_the_yaml_key_by_key(folder):
    found = settings.load(folder("SYNCER_STRIPE__BASE_URL=http://127.0.0.1:9\nSTRIPE_API_KEY=k"))
    assert (found.stripe.base_url, found.stripe.api_key.get_secret_value()) == ("http://127.0.0.1:9", "k")


def test_nothing_in_a_value_stands_for_something_else(folder, monkeypatch):
    monkeypatch.setenv("HOME", "secret-home")
    assert settings.load(folder("STRIPE_API_KEY=a${HOME}$(id)")).stripe.api_key.get_secret_value() == "a${HOME}$(id)"


def test_another_folder_is_not_looked_into(folder, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "syncer.yaml").write_text(YAML)
    folder("STRIPE_API_KEY=k")
    with pytest.raises(FileProblems, match="STRIPE_API_KEY, which is not set"):
        settings.load(inner)


@pytest.mark.parametrize(("env", "told"), [
    ("STRIPE_API_KEY=\n", r"syncer.yaml:1:19: stripe.api_key points to .* which is not set; set it to the secret, or write it into \.env"),
    ("canary canary\n", r"^\.env:1:1: this line cannot be read; write NAME=value"),
    ("STRIPE_API_KEY\n", r"^\.env:1:1: this line cannot be read"),
    ("STRIPE_API_KEY=canary\nSYNCER_STAT=canary\n", r"^\.env:2:1: SYNCER_STAT is not a setting; did you mean SYNCER_STATE\?$"),
    ("STRIPE_API_KEY=k\nSYNCER_LANGUAGE=canary\n", r"^\.env:2:1: SYNCER_LANGUAGE: language must be one of en, ja"),
])  # fmt: skip
def test_a_fault_has_its_line_and_no_value(folder, env, told):
    with pytest.raises(FileProblems, match=told) as caught:
        settings.load(folder(env))
    assert "canary" not in str(caught.value)


def test_what_is_lacking_is_told_by_vendor_and_stops_nothing_that_asks_no_vendor(folder):
    text = YAML + "zendesk: {subdomain: fill-in, client_id: me, client_secret: env:ZENDESK_SECRET}\n"
    found, lacks = settings.load_known(folder("STRIPE_API_KEY=k", text))
    assert found.sources == ("stripe", "zendesk")
    said = [str(problem) for problem in lacks["zendesk"]]
    assert list(lacks) == ["zendesk"]
    assert said[0] == "syncer.yaml:2:22: zendesk.subdomain still says fill-in; write your own there"
    assert "ZENDESK_SECRET, which is not set" in said[1]
