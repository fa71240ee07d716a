"""The sources there are. A new one is a file here and its line below."""

from syncer.connectors.mixpanel import Mixpanel
from syncer.connectors.stripe import Stripe
from syncer.connectors.zendesk import Zendesk

SOURCES = (
    Stripe,
    Mixpanel,
    Zendesk,
)
TABLES = tuple(table for source in SOURCES for table in source.tables)
"""Every table that a source may fill."""
