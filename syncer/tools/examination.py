"""A vendor account examined by cheap calls: every answer is read, none is tried for long, and what is found is kept."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from syncer.tools.answers import Reply, vendor_words
from syncer.tools.http import Http, Patience
from syncer.words.errors import CredentialRefused, Unreachable, VendorError
from syncer.words.findings import Finding, Key

PATIENCE = Patience(attempts=2, connects=1, seconds=20, first=0.5, most=5)
ANSWERS = range(300, 500)
"""Statuses that are answers to read here; what is beyond them is no answer."""
NO_ANSWER = 500
LARGEST_CLOCK_ERROR = 120


class Examination:
    """`now` is this machine's clock in epoch seconds."""

    def __init__(self, vendor: str, http: Http, now: float) -> None:
        self.vendor = vendor
        self.findings: list[Finding] = []
        self._http = http
        self._now = now
        self._may: list[str] = []

    def ask(self, method: str, path: str, http: Http | None = None, **more: Any) -> Reply:
        """The answer, also a refusal; `http` where it is another host of the vendor. CredentialRefused when the credential is not known at
        all, Unreachable."""
        try:
            reply = (http or self._http).request(method, path, repeatable=True, accept=ANSWERS, **more)
        except (CredentialRefused, Unreachable):
            raise
        except VendorError as error:  # it fails at this one call, so the others are asked all the same
            return Reply(error.status or NO_ANSWER, {}, b"")
        if reply.status == 401:
            raise CredentialRefused(self.vendor, f"the credential is not accepted: {self.words(reply)}", status=401)
        return reply

    def fine(self, key: Key, what: str, said: str) -> None:
        self.findings.append(Finding(self.vendor, key, what, "fine", said))

    def warn(self, key: Key, what: str, said: str, mend: str) -> None:
        self.findings.append(Finding(self.vendor, key, what, "warning", said, mend))

    def fault(self, key: Key, what: str, said: str, mend: str) -> None:
        self.findings.append(Finding(self.vendor, key, what, "fault", said, mend))

    def right(self, what: str, reply: Reply, mend: str, *, also: int = 200) -> bool:
        """Whether the answer shows that the right to `what` is there; a fault if not. `also`: a status that only those get who have it."""
        if reply.status < 300 or reply.status == also:
            self.may(what)
            return True
        if reply.status == 429:
            self.warn("quota", "quota", f"not proved: {what}, as no more calls are allowed now: {self.words(reply)}", "run again later")
        elif reply.status >= NO_ANSWER:
            self.fault("host", what, f"not proved: it answers {reply.status}", "run doctor again later, or read the vendor's status page")
        else:
            self.fault("right", what, f"not allowed: {self.words(reply)}", mend)
        return False

    def may(self, what: str) -> None:
        """The right to `what` is there."""
        self._may.append(what)

    def rights(self, lead: str = "may") -> None:
        """One finding for all rights that were proved."""
        if self._may:
            all_reading = all(what.startswith("read ") for what in self._may)
            named = ", ".join(self._may)
            self.fine("right", "rights", f"{lead} {named.replace(', read ', ', ') if all_reading else named}")

    def clock(self, reply: Reply) -> None:
        """This machine's clock against the time in an answer's header."""
        try:
            off = round(self._now - parsedate_to_datetime(reply.headers["date"]).timestamp())
        except (KeyError, ValueError):
            return
        if abs(off) <= LARGEST_CLOCK_ERROR:
            self.fine("clock", "clock", "this machine's clock agrees")
            return
        said = f"this machine's clock is {abs(off):,} seconds {'ahead of' if off > 0 else 'behind'} the vendor's"
        lost = "changes are missed or read twice, and logins may be refused"
        self.fault("clock", "clock", f"{said}: {lost}", "set it by a time server: sudo timedatectl set-ntp true, or the clock of the host")

    def quota(self, limit: int, used: int, window: str) -> None:
        """Warns when four fifths are used, a fault when all is. `window`: such as "today"."""
        said = f"{used:,} of {limit:,} calls used {window}, by all that call this account"
        mend = "wait until it is renewed; let other integrations call less, or buy more calls"
        if used >= limit:
            self.fault("quota", "quota", said, mend)
        elif used * 5 >= limit * 4:
            self.warn("quota", "quota", said, mend)
        else:
            self.fine("quota", "quota", said)

    @staticmethod
    def words(reply: Reply) -> str:
        return vendor_words(reply.body) or f"status {reply.status}"
