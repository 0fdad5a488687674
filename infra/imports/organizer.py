"""A signed-in organizer of a running Boxoffice, and the creation of what is not there yet."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import jwt

from catalog.identity import id_under
from infra.imports.report import Draft, Report

TIMEOUT_SECONDS = 30
ATTEMPTS = 6
BUSY = (429, 503)
RETRY_AFTER_SECONDS_MAX = 10.0
PATHS = {"ven": "venues", "evt": "events"}


class NoSite(Exception):
    """The site cannot be asked, or does not let this organizer in; says why."""


class Refused(Exception):
    """The API's answer to one record was a problem; says which."""


class Organizer:
    """Creates venues and events through the public API, each under a key made from its id at the source."""

    def __init__(self, site: str, token: str) -> None:
        self._api = f"{site.rstrip('/')}/api"
        self._token = token
        self._person_id = str(jwt.decode(token, options={"verify_signature": False})["sub"])

    @classmethod
    def sign_in(cls, site: str, email: str, password: str) -> Organizer:
        """Raises NoSite."""
        config = _json(_sent(urllib.request.Request(f"{site.rstrip('/')}/config.json")))  # noqa: S310
        body = {
            "ClientId": config["cognito"]["clientId"],
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": email, "PASSWORD": password},
        }
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
        }
        request = urllib.request.Request(config["cognito"]["endpoint"], json.dumps(body).encode(), headers)  # noqa: S310
        status, answer = _sent(request)
        if status != 200:
            raise NoSite(f"{email} cannot sign in: {answer.decode(errors='replace')[:200]}")
        return cls(site, json.loads(answer)["AuthenticationResult"]["AccessToken"])

    def bring(self, kind: str, draft: Draft, report: Report) -> dict[str, Any] | None:
        """The venue (`ven`) or event (`evt`), created unless it is there; None where it is refused, which is reported.

        What is there stays as it is, whatever the source says by now: an organizer may have changed it since.
        """
        try:
            there = self.find(kind, draft.key)
            if there:
                differs = ", ".join(_differences(draft.body, there))
                report.add("already there", draft.place, why=differs and f"and stays as it is: {differs} differ now")
                return there
            made: dict[str, Any] = self._ask("POST", f"/organizer/{PATHS[kind]}", draft.body, draft.key)
        except Refused as refused:
            report.add("refused", draft.place, draft.mended, str(refused))
            return None
        report.add("imported", draft.place, draft.mended)
        return made

    def find(self, kind: str, key: str) -> dict[str, Any] | None:
        """What was created under a key before."""
        found: dict[str, Any] | None = self._ask("GET", f"/{PATHS[kind]}/{id_under(kind, self._person_id, key)}")
        return found

    def cancel(self, event: dict[str, Any]) -> None:
        """Raises Refused."""
        if event["status"] != "cancelled":
            self._ask("POST", f"/organizer/events/{event['eventId']}/cancel")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        """The answer; None for what is not there. Raises Refused, NoSite."""
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        headers |= {"idempotency-key": key.encode().hex() if not key.isascii() else key} if key else {}
        raw = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        request = urllib.request.Request(self._api + path, raw, headers, method=method)  # noqa: S310
        status, answer = _sent(request)
        if status == 404 and method == "GET":
            return None
        if status in (401, 403):
            raise NoSite(f"{method} {path} answered {status}: an organizer must be signed in, for an hour at most")
        if status >= 400:
            raise Refused(_said(status, answer))
        return json.loads(answer)


def _differences(wanted: dict[str, Any], there: dict[str, Any]) -> list[str]:
    """Fields that the record has otherwise; a venue's id stands inside an event's venue."""
    return [name for name, value in wanted.items() if isinstance(value, str) and _text(there, name) not in ("", value)]


def _text(there: dict[str, Any], name: str) -> str:
    found = there.get(name, "")
    return found if isinstance(found, str) and not name.endswith("At") else ""


def _said(status: int, answer: bytes) -> str:
    try:
        problem = json.loads(answer)
    except ValueError:
        return f"{status}: {answer.decode(errors='replace')[:200]}"
    word = str(problem.get("type", "")).rpartition("/")[2]
    return f"{status} {word}: {problem.get('detail') or problem.get('title', '')}"


def _json(answer: tuple[int, bytes]) -> Any:
    try:
        return json.loads(answer[1])
    except ValueError as error:
        raise NoSite(f"the site's config.json is none: {error}") from error


def _sent(request: urllib.request.Request) -> tuple[int, bytes]:
    """Status and body, busy answers obeyed. Raises NoSite where nothing answers."""
    for attempt in range(ATTEMPTS):
        last = attempt == ATTEMPTS - 1
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return int(answer.status), answer.read()
        except urllib.error.HTTPError as error:
            if error.code not in BUSY or last:
                return error.code, error.read()
            wait = min(float(error.headers.get("retry-after") or 1), RETRY_AFTER_SECONDS_MAX)
        except OSError as error:
            if last:
                raise NoSite(f"{request.full_url} does not answer: {error}") from error
            wait = 1.0
        time.sleep(wait)
    raise AssertionError("unreachable")
