"""A stand-in Salesforce organisation: real records, fields and refusals behind the real paths.

What it does not imitate:
- The first Bulk API (`/services/async`), composite graphs, list views, layouts, token introspection.
- SOAP login and the other SOAP, Metadata, Analytics, UI and Streaming APIs; composite tree; search (SOSL).
- Field-level security, sharing, profiles: the one user sees and may write everything, new custom fields too.
- Triggers, flows, validation, duplicate and assignment rules, roll-ups, formulas, record locks, undelete, merge.
- Of SOQL: sub-queries, semi-joins, TYPEOF, HAVING, date functions, WITH, USING SCOPE, FOR VIEW, INCLUDES: refused, not
  ignored.
- Compound fields (BillingAddress), record types, polymorphic targets but the first object named.
- Relations by an external id in a body or a CSV header (`Parent: {"Account_Key__c": …}`), `_HTTP_METHOD`,
  X-PrettyPrint, XML.
- Concurrent and Bulk allocations, time-outs, the exact JSON column of a parser error, deletion's cascade.
- Of several currencies (`load` turns them on): amounts are never converted, not in SOQL (`convertCurrency`) either.
- Of Bulk 2.0: jobs end at the second look at them, multipart creation, sizes. Of tooling: only CustomField.
"""

from syncer.sandbox.salesforce.auth import CLIENT_ID, CLIENT_SECRET, PASSWORD, REFRESH_TOKEN, USERNAME
from syncer.sandbox.salesforce.standin import SalesforceStandin

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "PASSWORD", "REFRESH_TOKEN", "USERNAME", "SalesforceStandin"]
