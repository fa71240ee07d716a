"""The identity query as text; tests/models/identity_cases.yaml has what comes of it."""

from __future__ import annotations

import pytest

from syncer.core.identity import MatchRule, identity_query
from syncer.words.errors import UsageError


def test_a_rule_of_an_unknown_source_is_refused():
    with pytest.raises(UsageError, match="there is no source intercom; write stripe, mixpanel, zendesk"):
        identity_query([MatchRule("intercom", "id", "id")])


def test_a_rule_is_named_as_it_is_written():
    assert MatchRule("stripe", "metadata.crm_id", "id").name == "stripe.metadata.crm_id = crm.id"


def test_the_query_takes_no_parameters():
    assert "$" not in identity_query([MatchRule("zendesk", "domain", "domain")])
