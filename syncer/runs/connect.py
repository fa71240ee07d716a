"""The vendors that the settings name, ready to be spoken to. SDKs and adapters are imported only for vendors in use."""

from __future__ import annotations

from collections.abc import Mapping

from syncer.connectors.mixpanel import Mixpanel
from syncer.connectors.port import Connector
from syncer.connectors.stripe import Stripe
from syncer.connectors.zendesk import Zendesk
from syncer.crm.hubspot import HubSpot
from syncer.crm.port import Crm
from syncer.crm.salesforce import Salesforce
from syncer.specs.settings import Settings
from syncer.tools.http import Calls, Patience


def connectors(settings: Settings, calls: Calls, usage_days: int = 0, patience: Patience = Patience()) -> list[Connector]:
    """The sources, in a fixed order. `usage_days`: how many days of events are needed, whatever the settings say."""
    found: list[Connector] = []
    if stripe := settings.stripe:
        found.append(Stripe(stripe.api_key.get_secret_value(), stripe.base_url, calls=calls, patience=patience))
    if mixpanel := settings.mixpanel:
        found.append(
            Mixpanel(
                username=mixpanel.username,
                secret=mixpanel.secret.get_secret_value(),
                project_id=mixpanel.project_id,
                data_group_id=mixpanel.data_group_id,
                group_key=mixpanel.group_key,
                base_url=mixpanel.base_url,
                export_url=mixpanel.export_url,
                time_zone=mixpanel.time_zone,
                history_days=max(mixpanel.history_days, usage_days),
                calls=calls,
                patience=patience,
            )
        )
    if zendesk := settings.zendesk:
        base_url = zendesk.base_url or f"https://{zendesk.subdomain}.zendesk.com"
        found.append(
            Zendesk(
                base_url,
                client_id=zendesk.client_id,
                client_secret=zendesk.client_secret.get_secret_value(),
                calls=calls,
                patience=patience,
            )
        )
    return found


def crms(settings: Settings, calls: Calls, patience: Patience = Patience()) -> Mapping[str, Crm]:
    """The CRMs by name, in a fixed order."""
    found: dict[str, Crm] = {}
    if salesforce := settings.salesforce:
        secret = salesforce.client_secret.get_secret_value()
        found["salesforce"] = Salesforce(
            salesforce.base_url, salesforce.client_id, secret, bulk_from=salesforce.bulk_from, calls=calls, patience=patience
        )
    if hubspot := settings.hubspot:
        found["hubspot"] = HubSpot(hubspot.access_token.get_secret_value(), hubspot.base_url, calls=calls, patience=patience)
    return found
