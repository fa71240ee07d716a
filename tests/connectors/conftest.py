"""The Stripe stand-in and a connector to it; the tests of other sources have their own `server` and `source`."""

import pytest
from stripe_books import connector, serving


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture
def source(server):
    return connector(server)
