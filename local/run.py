"""The whole product on this machine: what `make run` shows a person is what tests and journeys start.

with RunningBoxoffice.start(demo="small") as boxoffice:
    boxoffice.site_url, boxoffice.cloud.client("dynamodb"), boxoffice.stripe
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local.beacon_standin import BEACON_KEY, BEACON_PATH
from local.cloud import CloudNotStarted, LocalCloud
from local.demo import DemoNotLoaded, load, read_chart
from local.deploy import DeployFailed, Outputs, deploy
from local.edge.process import EdgeNotStarted, EdgeProcess
from local.prepare import ROOT
from local.push_service import SUBSCRIBE_PATH
from local.stripe_standin import DEFAULT_WEBHOOK_SECRET, StripeStandIn
from local.synthesis import Synthesis, SynthesisFailed
from local.waking import wake
from payments import WEBHOOK_EVENTS

Demo = Literal["small", "full"]
Progress = Callable[[str], None]
SHARED_STATE = ROOT / ".local"
SITE_URL_PARAMETER = "/boxoffice/site-url"
WEBHOOK_PATH = "/api/payments/webhook"
PARTS_NOT_STARTED = (CloudNotStarted, DeployFailed, DemoNotLoaded, EdgeNotStarted, SynthesisFailed)
PORTS = ("the site", "the local cloud", "the Stripe stand-in")


class NotStarted(RuntimeError):
    """Boxoffice could not start, or could not go on. Its text is one sentence with the remedy."""


@dataclass(frozen=True)
class StripeAccount:
    """The keys to charge with, and where Stripe answers when it is not Stripe itself."""

    secret_key: str
    publishable_key: str
    webhook_secret: str
    standin: StripeStandIn | None

    def parameters(self) -> dict[str, str]:
        """What the stacks are told; Stripe's own addresses are their defaults."""
        key = {"StripePublishableKey": self.publishable_key}
        if self.standin is None:
            return key
        names = ("StripeApiBase", "StripeApiOrigin", "StripeJsOrigin")
        return key | dict.fromkeys(names, self.standin.url)


@dataclass(frozen=True)
class RunningBoxoffice:
    """A deployed product that answers at `site_url`, and what it runs on."""

    site_url: str
    cloud: LocalCloud
    stripe: StripeAccount
    outputs: Outputs
    edge: EdgeProcess
    state_dir: Path

    @classmethod
    @contextmanager
    def start(
        cls,
        port: int | None = None,
        demo: Demo | None = None,
        chart: Path | None = None,
        state_dir: Path | None = None,
        on_progress: Progress = lambda step: None,
    ) -> Iterator[RunningBoxoffice]:
        """Everything deployed afresh and ready to use; it ends with the block, or with this process.

        Without a port, free ones are taken. `demo` loads demo data, `chart` adds an event on a seats.io
        chart. Raises NotStarted.
        """
        with ExitStack() as stack:
            if state_dir is None:
                state_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="boxoffice-")))
            try:
                yield _start(stack, port, demo, chart, state_dir, on_progress)
            except PARTS_NOT_STARTED as problem:
                raise NotStarted(str(problem)) from problem

    def check(self) -> None:
        """Raises NotStarted when a part has ended that should be running."""
        parts = {
            "The local cloud": (self.cloud.running(), "cloud/cloud.log"),
            "The local edge": (self.edge.running(), "edge.log"),
            "The Stripe stand-in": (self._standin_runs(), "stripe.log"),
        }
        for name, (runs, log) in parts.items():
            if not runs:
                raise NotStarted(f"{name} has ended unexpectedly; its log is {self.state_dir / log}.")

    def _standin_runs(self) -> bool:
        return self.stripe.standin is None or self.stripe.standin.process.poll() is None


def _start(
    stack: ExitStack, port: int | None, demo: Demo | None, chart: Path | None, state_dir: Path, say: Progress
) -> RunningBoxoffice:
    if chart is not None:
        read_chart(chart)  # a bad file is told at once, not after everything else
    site, mail = stack.enter_context(_listen(port or 0)), stack.enter_context(_listen(0))
    cloud_port, stripe_port = (port + 1, port + 2) if port else (0, 0)
    for number, role in ((cloud_port, PORTS[1]), (stripe_port, PORTS[2])):
        _check_free(number, role, port)
    site_url = f"http://127.0.0.1:{site.getsockname()[1]}"
    shutil.rmtree(state_dir / "cloud", ignore_errors=True)

    with Synthesis(SHARED_STATE) as synthesis:
        if not synthesis.is_current:
            say("Synthesizing the CDK app")
        say("Starting the local cloud")
        mail_host = f"127.0.0.1:{mail.getsockname()[1]}"
        cloud = stack.enter_context(LocalCloud.start(cloud_port, state_dir=state_dir / "cloud", mail_host=mail_host))
        stripe = _stripe(stack, stripe_port, site_url + WEBHOOK_PATH, say)
        assembly = synthesis.assembly()
        parameters = stripe.parameters() | {
            "CognitoEndpoint": cloud.endpoint_url,
            "UploadOrigin": cloud.endpoint_url,
            "BeaconUrl": site_url + BEACON_PATH,
            "BeaconKey": BEACON_KEY,
            "PushServices": site_url,
            "PushStandIn": SUBSCRIBE_PATH,
        }
        outputs = deploy(assembly, cloud, parameters, say)
        _tell(cloud, site_url, stripe)
        say("Starting the edge")
        edge = stack.enter_context(EdgeProcess.start(assembly, cloud.endpoint_url, site, mail, state_dir / "edge.log"))
    site.close()
    mail.close()
    if demo is not None:
        load(site_url, cloud, say, chart, demo)
        say("Waking the functions")
        wake(site_url, cloud)
    return RunningBoxoffice(site_url, cloud, stripe, outputs, edge, state_dir)


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=512)
    except OSError as problem:
        raise _taken(port, PORTS[0], port, problem) from problem


def _check_free(port: int, role: str, first: int | None) -> None:
    if port:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError as problem:
            raise _taken(port, role, first, problem) from problem


def _taken(port: int, role: str, first: int | None, problem: OSError) -> NotStarted:
    if isinstance(problem, PermissionError):
        return NotStarted(f"Port {port}, for {role}, is the administrator's: start with `make run PORT=8000`.")
    return NotStarted(
        f"Port {port}, for {role}, is in use: stop the program that uses it, or start with "
        f"`make run PORT={(first or port) + 10}`."
    )


def _stripe(stack: ExitStack, port: int, webhook_url: str, say: Progress) -> StripeAccount:
    """Stripe's real test mode when its keys are in the environment, else the stand-in."""
    secret, publishable = os.environ.get("STRIPE_SECRET_KEY"), os.environ.get("STRIPE_PUBLISHABLE_KEY")
    if secret and publishable:
        if not (secret.startswith("sk_test_") and publishable.startswith("pk_test_")):
            raise NotStarted("STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY must be test keys (sk_test_…, pk_test_…).")
        return StripeAccount(secret, publishable, os.environ.get("STRIPE_WEBHOOK_SECRET", "whsec_none"), None)
    say("Starting the Stripe stand-in")
    try:
        standin = stack.enter_context(StripeStandIn.start(port, webhook_url, webhook_events=WEBHOOK_EVENTS))
    except RuntimeError as problem:
        raise NotStarted(str(problem)) from problem
    return StripeAccount("sk_test_standin", "pk_test_standin", DEFAULT_WEBHOOK_SECRET, standin)


def _tell(cloud: LocalCloud, site_url: str, stripe: StripeAccount) -> None:
    """What an operator would set by hand after the first deployment."""
    keys = {
        "secretKey": stripe.secret_key,
        "publishableKey": stripe.publishable_key,
        "webhookSecret": stripe.webhook_secret,
    }
    cloud.client("secretsmanager").put_secret_value(SecretId="boxoffice/stripe", SecretString=json.dumps(keys))
    cloud.client("ssm").put_parameter(Name=SITE_URL_PARAMETER, Value=site_url, Type="String", Overwrite=True)
