"""Salesforce: login by simple-salesforce, everything else over the lean core."""

from syncer.crm.salesforce.org import Salesforce

__all__ = ["Salesforce"]
