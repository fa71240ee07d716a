"""The sources there are. A new one is a file here and its line below."""

from syncer.connectors.mixpanel import Mixpanel
from syncer.connectors.stripe import Stripe
from syncer.connectors.zendesk import Zendesk

SOURCES = {
    "stripe": Stripe,
    "mixpanel": Mixpanel,
    "zendesk": Zendesk,
}
