"""The five stand-ins together: loaded, their clock at the moment that the records show, and how to point at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncer.sandbox import hubspot, mixpanel, salesforce, stripe, zendesk
from syncer.sandbox.server import Clock, World
from syncer.sandbox.shapes.dates import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syncer.sandbox.shapes import Records

ZENDESK_SUBDOMAIN = "sandbox"
MIXPANEL_WORKSPACE = "7654321"


def open_world(records: Records, as_of: int, limits: bool = True) -> World:
    """A world for `Server`; without limits, no vendor refuses a call for being one too many."""
    clock = Clock(as_of)
    world = World(
        [
            stripe.StripeStandin(clock, limits=limits),
            mixpanel.MixpanelStandin(clock, limits=limits),
            zendesk.ZendeskStandin(clock, limits=limits),
            salesforce.SalesforceStandin(clock, limits=limits),
            hubspot.HubspotStandin(clock, limits=limits),
        ],
        clock,
    )
    world.load(records)
    return world


def environment(urls: Mapping[str, str], as_of: int) -> dict[str, str]:
    """The variables that make the product read and write the stand-ins at these addresses (by vendor)."""
    return {
        "SYNCER_STRIPE__API_KEY": stripe.TEST_KEY,
        "SYNCER_STRIPE__BASE_URL": urls["stripe"],
        "SYNCER_MIXPANEL__USERNAME": mixpanel.SERVICE_ACCOUNT[0],
        "SYNCER_MIXPANEL__SECRET": mixpanel.SERVICE_ACCOUNT[1],
        "SYNCER_MIXPANEL__PROJECT_ID": mixpanel.PROJECT_ID,
        "SYNCER_MIXPANEL__DATA_GROUP_ID": mixpanel.DATA_GROUP_ID,
        "SYNCER_MIXPANEL__WORKSPACE_ID": MIXPANEL_WORKSPACE,
        "SYNCER_MIXPANEL__GROUP_KEY": mixpanel.GROUP_KEY,
        "SYNCER_MIXPANEL__BASE_URL": urls["mixpanel"],
        "SYNCER_MIXPANEL__EXPORT_URL": urls["mixpanel"],
        "SYNCER_ZENDESK__SUBDOMAIN": ZENDESK_SUBDOMAIN,
        "SYNCER_ZENDESK__CLIENT_ID": zendesk.CLIENT_ID,
        "SYNCER_ZENDESK__CLIENT_SECRET": zendesk.CLIENT_SECRET,
        "SYNCER_ZENDESK__BASE_URL": urls["zendesk"],
        "SYNCER_SALESFORCE__BASE_URL": urls["salesforce"],
        "SYNCER_SALESFORCE__CLIENT_ID": salesforce.CLIENT_ID,
        "SYNCER_SALESFORCE__CLIENT_SECRET": salesforce.CLIENT_SECRET,
        "SYNCER_HUBSPOT__ACCESS_TOKEN": hubspot.CREDENTIALS,
        "SYNCER_HUBSPOT__BASE_URL": urls["hubspot"],
        "SYNCER_AS_OF": iso(as_of),
    }
