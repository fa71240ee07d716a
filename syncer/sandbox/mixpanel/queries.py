"""The paths that read: profiles, cohorts, events. A parameter that cannot be read is a ValueError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from syncer.sandbox.mixpanel.events import day_of
from syncer.sandbox.mixpanel.ingestion import parameters
from syncer.sandbox.mixpanel.profiles import PAGE_SIZE, SESSIONS, Profiles, Query
from syncer.sandbox.mixpanel.project import DATA_GROUP_ID, PROJECT_ID, Project
from syncer.sandbox.mixpanel.where import Keep, compile_where
from syncer.sandbox.server import Answer, Call

MOST_EXPORTED = 100_000
NAMES_DAYS = 31

Params = Mapping[str, str]


class Queries:
    """Handlers over a project; remembers the latest engage queries, whose further pages are asked for by session."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.reset()

    def reset(self) -> None:
        self._sessions: dict[str, Query] = {}
        self._begun = 0

    def engage(self, call: Call) -> Answer:
        params = parameters(call)
        profiles = self._profiles(params)
        page, page_size = int(params.get("page", 0)), int(params.get("page_size", PAGE_SIZE))
        if page < 0 or not 1 <= page_size <= PAGE_SIZE:
            raise ValueError(f"page must not be negative, page_size between 1 and {PAGE_SIZE}")
        session = params.get("session_id", "")
        if session not in self._sessions:
            if page > 0:
                raise ValueError(f"request for page in uncached query for params {params}")
            session = self._remember(self._query(params, profiles), call)
        query = self._sessions[session]
        results = profiles.shown(query, page, page_size)
        body = {
            "page": page,
            "page_size": page_size,
            "results": results,
            "session_id": session,
            "status": "ok",
            "total": len(query.ids),
        }
        return Answer(body, rows=len(results))

    def _profiles(self, params: Params) -> Profiles:
        group = params.get("data_group_id")
        if group not in (None, "", DATA_GROUP_ID):
            raise ValueError(f"invalid data_group_id: {group}")
        return self.project.groups if group else self.project.users

    def _remember(self, query: Query, call: Call) -> str:
        if len(self._sessions) >= SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        self._begun += 1
        session = f"{int(call.now)}-{self._begun:06d}"
        self._sessions[session] = query
        return session

    def _query(self, params: Params, profiles: Profiles) -> Query:
        if params.get("behaviors"):
            raise ValueError("behaviors are not supported here")
        output = _texts(params["output_properties"], "output_properties") if params.get("output_properties") else None
        ids = profiles.select(self._asked_for(params, profiles), _where(params))
        return Query(ids, None if output is None else frozenset(output))

    def _asked_for(self, params: Params, profiles: Profiles) -> list[str] | None:
        """The ids that the query names, itself or by a cohort; None for all."""
        if params.get("distinct_id"):
            return [params["distinct_id"]]
        if params.get("distinct_ids"):
            return _texts(params["distinct_ids"], "distinct_ids")
        if not params.get("filter_by_cohort"):
            return None
        wish = json.loads(params["filter_by_cohort"])
        cohort = self.project.cohorts.get(int(wish["id"])) if isinstance(wish, dict) and "id" in wish else None
        if cohort is None:
            raise ValueError(f"invalid cohort: {params['filter_by_cohort']}")
        members: list[str] = cohort.get("distinct_ids", [])
        known_only = params.get("include_all_users", "true").lower() == "false"
        return [one for one in members if one in profiles.by_id] if known_only else members

    def engage_properties(self, call: Call) -> Answer:
        counts = self._profiles(parameters(call)).count_properties()
        return Answer({"results": counts, "status": "ok"}, rows=len(counts))

    def cohorts(self, _call: Call) -> Answer:
        blank = {"created": "2024-01-01 00:00:00", "description": "", "is_visible": 1, "project_id": int(PROJECT_ID)}
        shown = []
        for cohort in self.project.cohorts.values():
            said = {name: value for name, value in cohort.items() if name != "distinct_ids"}
            shown.append({**blank, "count": len(cohort.get("distinct_ids", [])), **said})
        return Answer(shown, rows=len(shown))

    def event_names(self, call: Call) -> Answer:
        """The names of the last 31 days, the most frequent first."""
        counts = self.project.events.count_names(*_last_days(call))
        names = [name for name, _ in counts.most_common(int(parameters(call).get("limit", 255)))]
        return Answer(names, rows=len(names))

    def event_properties(self, call: Call) -> Answer:
        """Of one event, or (as tap-mixpanel asks) of all."""
        params = parameters(call)
        counts = self.project.events.count_properties(params.get("event"), *_last_days(call))
        top = counts.most_common(int(params.get("limit", 10)))
        return Answer({name: {"count": count} for name, count in top}, rows=len(top))

    def funnels(self, _call: Call) -> Answer:
        return Answer([])

    def export(self, call: Call) -> Answer:
        """NDJSON of the days asked for, both included."""
        params = parameters(call)
        start, end = (_date(_needed(params, name), name) for name in ("from_date", "to_date"))
        if end < start:
            raise ValueError("to_date cannot be before from_date")
        if end > datetime.fromtimestamp(call.now, ZoneInfo(self.project.time_zone)).date():
            raise ValueError("to_date cannot be later than today")
        limit = int(params["limit"]) if params.get("limit") else None
        if limit is not None and not 0 < limit <= MOST_EXPORTED:
            raise ValueError(f"limit must be between 1 and {MOST_EXPORTED}")
        names = frozenset(_texts(params["event"], "event")) if params.get("event") else None
        milliseconds = params.get("time_in_ms", "").lower() == "true"
        body, rows = self.project.events.export(start, end, names=names, keep=_where(params), limit=limit, milliseconds=milliseconds)
        return Answer(body, rows=rows, content_type="text/plain")


def _last_days(call: Call) -> tuple[date, date]:
    today = day_of(int(call.now))
    return today - timedelta(days=NAMES_DAYS - 1), today


def _where(params: Params) -> Keep | None:
    return compile_where(params["where"]) if params.get("where") else None


def _needed(params: Params, name: str) -> str:
    if not params.get(name):
        raise ValueError(f"Missing required parameter: {name}")
    return params[name]


def _date(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name}: cannot parse {text!r} as YYYY-MM-DD") from None


def _texts(text: str, name: str) -> list[str]:
    found: Any = json.loads(text)
    if not isinstance(found, list):
        raise ValueError(f"{name} must be a JSON array")  # noqa: TRY004  (the caller's text is wrong, not our type)
    return [str(one) for one in found]
