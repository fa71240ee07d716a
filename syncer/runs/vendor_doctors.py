"""One vendor proved: its own examination, and for a CRM the columns, fields and objects that the written files name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from syncer.connectors import mixpanel_doctor, stripe_doctor, zendesk_doctor
from syncer.connectors.mixpanel import Mixpanel
from syncer.connectors.stripe import Stripe
from syncer.connectors.zendesk import Zendesk
from syncer.core.project import Project
from syncer.crm.hubspot import HubSpot
from syncer.crm.hubspot import doctor as hubspot_doctor
from syncer.crm.port import Crm, CrmField, ObjectAbsent
from syncer.crm.salesforce import Salesforce
from syncer.crm.salesforce import doctor as salesforce_doctor
from syncer.runs.connect import connectors, crms
from syncer.runs.lacking import Demand, lacking
from syncer.specs.account import CRMS, SOURCES
from syncer.specs.settings import Settings
from syncer.tools.examination import PATIENCE
from syncer.tools.http import Calls
from syncer.words.errors import CredentialRefused, MissingCrmField, QuotaExhausted, SyncerError
from syncer.words.findings import Finding, Key

CREDENTIALS = {
    "stripe": stripe_doctor.CREDENTIAL,
    "mixpanel": mixpanel_doctor.CREDENTIAL,
    "zendesk": zendesk_doctor.CREDENTIAL,
    "salesforce": salesforce_doctor.CREDENTIAL,
    "hubspot": hubspot_doctor.CREDENTIAL,
}


def examine(name: str, settings: Settings, written: Project | None, as_of: int, clock: Callable[[], float]) -> list[Finding]:
    """What was found at one vendor. What keeps it from being asked is found too, not raised."""
    alone = settings.model_copy(update=dict.fromkeys({*SOURCES, *CRMS} - {name}))
    if written and settings.stripe is None:
        written = replace(written, monthly=None)  # there is nothing to make them of
    found: list[Finding] = []
    try:
        found.extend(_of_vendor(name, alone, written, as_of, clock))
    except CredentialRefused as refused:
        if not any(finding.key == "right" and finding.state == "fault" for finding in found):
            found.append(Finding(name, "credential", "credential", "fault", _said(name, refused), CREDENTIALS[name]))
    except QuotaExhausted as used_up:
        found.append(Finding(name, "quota", "quota", "fault", _said(name, used_up), "wait until it is renewed, then run doctor again"))
    except ModuleNotFoundError as missing:
        said = f"the part for {name} is not installed ({missing.name} is missing)"
        found.append(Finding(name, "program", "program", "fault", said, f"pip install 'syncer[{name}]'"))
    except SyncerError as error:
        mend = "check base_url, network and proxy of this machine; a vendor's status page tells of its own failures"
        found.append(Finding(name, "host", "host", "fault", _said(name, error), mend))
    return found


def _said(name: str, error: SyncerError) -> str:
    text = str(error)
    return text[len(name) + 2 :] if text.lower().startswith(f"{name}: ") else text


def _of_vendor(name: str, settings: Settings, written: Project | None, as_of: int, clock: Callable[[], float]) -> Iterator[Finding]:
    for source in connectors(settings, Calls(), patience=PATIENCE):
        if isinstance(source, Stripe) and settings.stripe:
            yield from stripe_doctor.examine(source, settings.stripe.api_key.get_secret_value(), clock())
        elif isinstance(source, Mixpanel) and settings.mixpanel:
            yield from mixpanel_doctor.examine(source, settings.mixpanel, as_of, clock())
        elif isinstance(source, Zendesk):
            yield from zendesk_doctor.examine(source, as_of, clock())
    for crm in crms(settings, Calls(), PATIENCE).values():
        if isinstance(crm, Salesforce) and settings.salesforce:
            yield from salesforce_doctor.examine(crm, settings.salesforce.bulk_from, clock())
        elif isinstance(crm, HubSpot):
            yield from hubspot_doctor.examine(crm, _monthly_name(name, written), clock())
        if written is not None:
            yield from _columns(crm, written)


def _columns(crm: Crm, written: Project) -> Iterator[Finding]:
    """What the files name and the CRM has, or lacks."""
    described = crm.describe()
    columns = list(written.keys_in(crm.name).values())
    yield from _lacking(crm, "matching", "matching columns", Demand("account.yaml", columns, {}), described)
    fields = {field.spec.in_crm(crm.name) or "": field.spec for field in written.fields_in(crm.name)}
    yield from _lacking(crm, "fields", "fields", Demand("account.yaml", [], fields), described)
    if (name := _monthly_name(crm.name, written)) and written.monthly:
        try:
            rows = crm.keyed(name, written.monthly.specs.key.in_crm(crm.name) or "")
        except ObjectAbsent as absent:
            mend = f"create it as field_specs/monthly_metric.yaml says, or take its {crm.name} name out of that file"
            yield Finding(crm.name, "monthly", "monthly metrics", "warning", f"{absent}; they are not written", mend)
        except MissingCrmField as error:
            yield Finding(crm.name, "monthly", "monthly metrics", "fault", *_hint(str(error)))
        else:
            demand = Demand("monthly_metric.yaml", [], written.monthly.fields_in(crm.name))
            yield from _lacking(crm, "monthly", "monthly metrics", demand, rows.fields)


def _lacking(crm: Crm, key: Key, what: str, demand: Demand, described: Mapping[str, CrmField]) -> Iterator[Finding]:
    wrong = lacking(crm.name, demand, described)
    for sentence in wrong:
        yield Finding(crm.name, key, what, "fault", *_hint(sentence))
    if not wrong:
        yield Finding(crm.name, key, what, "fine", f"all {len([*demand.read, *demand.written])} are there")


def _monthly_name(crm: str, written: Project | None) -> str | None:
    return written.monthly.specs.object.in_crm(crm) if written and written.monthly else None


def _hint(sentence: str) -> tuple[str, str]:
    said, _, hint = sentence.rpartition("; ")
    return said or sentence, hint
