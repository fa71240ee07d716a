"""HubSpot: property definitions by hubspot-api-client, everything else over the lean core."""

from syncer.crm.hubspot.portal import HubSpot

__all__ = ["HubSpot"]
