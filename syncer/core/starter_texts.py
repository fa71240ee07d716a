"""What stands in a new folder besides the written files. `<zendesk.subdomain>` marks what its owner says."""

from __future__ import annotations

from collections.abc import Sequence

from syncer.words.vendors import VENDOR_NAMES

SETTINGS_HEAD = """\
# yaml-language-server: $schema=mappings/schema/syncer.json
# The accounts that syncer works with. No secret stands here: env:NAME is read from the environment, or from .env beside this file.
# `syncer doctor` proves every line of it and says how to mend what is wrong. A vendor without a section is not read or written.

state: ./syncer-state          # what was read and written; a bucket for runs on changing machines: s3://…, gs://…, az://…
language: {language}                   # of labels: en or ja
"""

SECTIONS = {
    "stripe": """\
# https://dashboard.stripe.com/apikeys > Create restricted key.
# Rights, each Read: Customers, Subscriptions, Products, Prices, Coupons, Invoices, Events.
stripe:
  api_key: env:STRIPE_API_KEY
""",
    "mixpanel": """\
# Mixpanel > Organization Settings > Service Accounts > Add Service Account; role in the project: Analyst.
mixpanel:
  username: <mixpanel.username>           # the service account's, such as reader.4f2c.mp-service-account
  secret: env:MIXPANEL_SECRET              # shown once, when the account is made
  project_id: <mixpanel.project_id>       # Project Settings > Overview
  data_group_id: <mixpanel.data_group_id> # Project Settings > Group Keys: the number of the key below
  group_key: account_id            # the event property that names the customer
  # workspace_id: "1234567"        # for links to Mixpanel: the number after /view/ in the address of any report
  # base_url: https://eu.mixpanel.com            # both only where the data is kept in the EU (in India: in. and data-in.)
  # export_url: https://data-eu.mixpanel.com
  # time_zone: Asia/Tokyo          # only for projects made before 2023: Project Settings > Timezone
""",
    "zendesk": """\
# Zendesk > Admin Center > Apps and integrations > APIs > OAuth clients > Add; kind: confidential; scopes: tickets:read organizations:read
# users:read. The client acts for the person who makes it, who must be an admin: the exports are open to admins only.
zendesk:
  subdomain: <zendesk.subdomain>          # acme of https://acme.zendesk.com
  client_id: <zendesk.client_id>          # the client's unique identifier
  client_secret: env:ZENDESK_SECRET
""",
    "salesforce": """\
# Salesforce > Setup > External Client App Manager > New: OAuth with the scope "Manage user data via APIs (api)" and the Client Credentials
# Flow with a run-as user. That user's permission set needs API Enabled; Read, Edit and View All on Accounts; Read and Edit on each field of
# field_specs/.
salesforce:
  base_url: <salesforce.base_url>         # Setup > My Domain
  client_id: <salesforce.client_id>       # the app's consumer key
  client_secret: env:SALESFORCE_SECRET
""",
    "hubspot": """\
# HubSpot > Development > Keys > Service keys > Create service key (or an older private app). Scopes: crm.objects.companies.read,
# crm.objects.companies.write, crm.schemas.companies.read; for monthly metrics also crm.schemas.custom.read, crm.objects.custom.read
# and crm.objects.custom.write.
hubspot:
  access_token: env:HUBSPOT_TOKEN
""",
}

VARIABLES = """\
# The secrets that syncer.yaml names, one on a line. .env is a copy with your values: it stays on this machine and is never committed.
# What the environment sets wins over what stands here.
"""

SECRETS = {
    "stripe": ("STRIPE_API_KEY", "Stripe: the restricted key, rk_live_…"),
    "mixpanel": ("MIXPANEL_SECRET", "Mixpanel: the service account's secret"),
    "zendesk": ("ZENDESK_SECRET", "Zendesk: the OAuth client's secret"),
    "salesforce": ("SALESFORCE_SECRET", "Salesforce: the app's consumer secret"),
    "hubspot": ("HUBSPOT_TOKEN", "HubSpot: the service key or private app's token, pat-…"),
}

GITIGNORE = """\
.env
sandbox.env
syncer-state/
sandbox-state/
"""


def readme(crms: Sequence[str], sources: Sequence[str], currency: str | None) -> str:
    """What to do next in the new folder."""
    rates = ""
    if currency:
        line = f"2026-10-31,{'usd' if currency == 'eur' else 'eur'},{currency},1.25"
        rates = f"\nExchange rates into {currency.upper()} stand in `mappings/rates.csv`, a line for each day, such as `{line}`.\n"
    into, out_of = (" and ".join(VENDOR_NAMES[vendor] for vendor in vendors) for vendors in (crms, sources))
    return f"""\
# {out_of} into {into}, by syncer

1. Write your keys into `.env`, and what says fill-in into `syncer.yaml`; the remarks there say where to get each.
2. `syncer doctor` proves each key and right and says how to mend what is wrong. The CRM needs the fields of `field_specs/`.
3. `syncer plan` shows what would be written and what is held back. Nothing is written to the CRM yet.
4. `syncer sync` writes it; let a scheduler start it every hour. `syncer runs` lists what the last runs did.

`mappings/account.yaml` says where each value comes from, `mappings/health.yaml` what makes a customer healthy; `field_specs/` what each
field is in the CRM. Change a line, run `syncer check`, then `syncer plan`. `syncer explain NAME` shows where a customer's values come from.
Commit this folder, but for what `.gitignore` names.
{rates}"""
