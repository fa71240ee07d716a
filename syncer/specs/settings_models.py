"""What a run is told from outside: a section for each vendor, and where files are. A vendor without a section is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from syncer.specs.reader import Spec
from syncer.words import when


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError("must begin with https:// (plain http only for this machine itself, 127.0.0.1)")
    if not parts.hostname or parts.query or parts.username:
        raise ValueError("must be an address such as https://acme.my.salesforce.com, without a user or a query")
    return url.rstrip("/")


def _instant(text: str) -> str:
    try:
        when.epoch(text)
    except ValueError:
        raise ValueError("must be a day or an instant such as 2026-11-01T09:00:00Z") from None
    return text


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError("must be a folder that is there, with mappings/ or field_specs/ in it")
    return path


Folder = Annotated[Path, AfterValidator(_folder)]
Url = Annotated[str, AfterValidator(_safe_url)]
Instant = Annotated[str, AfterValidator(_instant)]


def _secret(what: str, variable: str) -> SecretStr:
    found: SecretStr = Field(
        description=f"{what}. Name the environment variable that holds it; never write it here.", examples=[f"env:{variable}"]
    )
    return found


class StripeSettings(Spec):
    """A restricted key that may read customers, subscriptions, prices, products, coupons, invoices and events."""

    api_key: SecretStr = _secret("The restricted key", "STRIPE_API_KEY")
    base_url: Url = Field(default="https://api.stripe.com", description="Where Stripe answers. Only ever another address for trials.")


class MixpanelSettings(Spec):
    """A service account; `group_key` is the event property that holds the account's key, `data_group_id` its number in the project."""

    username: str = Field(description="Name of the service account.", examples=["syncer.1a2b3c.mp-service-account"])
    secret: SecretStr = _secret("Secret of the service account", "MIXPANEL_SECRET")
    project_id: str = Field(description="Number of the project, in quotes.", examples=['"2780000"'])
    data_group_id: str = Field(description="Number of the group in the project, in quotes.", examples=['"8154728"'])
    group_key: str = Field(default="account_id", description="Event property that holds the account's key.")
    workspace_id: str | None = Field(default=None, description="Number of the workspace, in quotes, where the project has several.")
    base_url: Url = Field(default="https://mixpanel.com", description="Where Mixpanel answers.", examples=["https://eu.mixpanel.com"])
    export_url: Url = Field(
        default="https://data.mixpanel.com", description="Where Mixpanel exports events.", examples=["https://data-eu.mixpanel.com"]
    )
    time_zone: str = Field(default="UTC", description="Time zone of the project.", examples=["Asia/Tokyo"])
    history_days: Annotated[int, Field(ge=30, le=3650)] = Field(default=90, description="How many days of events are read at first.")


class ZendeskSettings(Spec):
    """An OAuth client with tickets:read organizations:read users:read."""

    subdomain: str = Field(description="acme of https://acme.zendesk.com.", examples=["acme"])
    client_id: str = Field(description="Identifier of the OAuth client.", examples=["syncer"])
    client_secret: SecretStr = _secret("Secret of the OAuth client", "ZENDESK_CLIENT_SECRET")
    base_url: Url | None = Field(default=None, description="Where Zendesk answers; made of the subdomain if not said.")


class SalesforceSettings(Spec):
    """The My Domain address and an External Client App with the client-credentials flow."""

    base_url: Url = Field(description="The My Domain address.", examples=["https://acme.my.salesforce.com"])
    client_id: str = Field(description="Consumer key of the External Client App.", examples=["3MVG9…"])
    client_secret: SecretStr = _secret("Consumer secret of the External Client App", "SALESFORCE_CLIENT_SECRET")
    bulk_from: Annotated[int, Field(ge=1)] = Field(default=2000, description="From so many records on, Bulk API 2.0 is used.")


class HubSpotSettings(Spec):
    """A service key that may read and write companies and read their properties."""

    access_token: SecretStr = _secret("The service key", "HUBSPOT_ACCESS_TOKEN")
    base_url: Url = Field(default="https://api.hubapi.com", description="Where HubSpot answers. Only ever another address for trials.")


PREFIX = "SYNCER_"


class Settings(BaseSettings):
    """What a run is told from outside. A vendor without a section is not read or written."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    stripe: StripeSettings | None = None
    mixpanel: MixpanelSettings | None = None
    zendesk: ZendeskSettings | None = None
    salesforce: SalesforceSettings | None = None
    hubspot: HubSpotSettings | None = None
    state: str = Field(
        default="syncer-state", description="Where the state is kept: a folder, or a bucket.", examples=["s3://acme-syncer/state"]
    )
    project: Folder = Field(default=Path(), description="Folder with the mappings/ and field_specs/ that differ from the shipped ones.")
    as_of: Instant | None = Field(default=None, description="Runs as if it were this day. Only for trials.", examples=["2026-11-01"])
    language: Literal["en", "ja"] = Field(default="en", description="Language of labels in the CRM.")
    history_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=400, description="How many days of facts are kept for syncer explain --on."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given: settings.py puts files and environment over each other, as it must know where each value stands."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def crms(self) -> tuple[str, ...]:
        """The CRMs that are written, in a fixed order."""
        return tuple(name for name in ("salesforce", "hubspot") if getattr(self, name))

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that are read, in a fixed order."""
        return tuple(name for name in ("stripe", "mixpanel", "zendesk") if getattr(self, name))


def section_model(name: str) -> type[BaseModel] | None:
    """The model of a vendor's section; None for a setting of its own."""
    annotation = Settings.model_fields[name].annotation if name in Settings.model_fields else None
    models = [kind for kind in getattr(annotation, "__args__", ()) if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return models[0] if models else None


def secret_keys(name: str) -> set[str]:
    """The keys of a vendor's section that are secrets."""
    model = section_model(name)
    return {key for key, field in model.model_fields.items() if field.annotation is SecretStr} if model else set()
