"""The edge as a process of its own, started by the supervisor: `python -m local.edge`.

It serves on sockets that the supervisor opened, so that a taken port is known before anything starts,
and it ends when the supervisor does, however that happens: its standard input is then at its end.
"""

import argparse
import asyncio
import functools
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import boto3
from aiohttp import web

from local.beacon_standin import beacon_route
from local.edge.distribution import ReadSecret, read_distribution
from local.edge.functions import FunctionRuntime
from local.edge.origins import Origins
from local.edge.process import READY
from local.edge.purging import follow_invalidations
from local.edge.server import Edge
from local.edge.template import Assembly, Deployed
from local.mailbox import Mailbox, mailbox_routes, receive_mail
from local.push_service import PushService
from local.text_messages import TextMessages

_HEADER_BYTES_MAX = 20_480
_LINE_BYTES_MAX = 16_384
_SHUTDOWN_SECONDS = 1


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--assembly", type=Path, required=True)
    parser.add_argument("--cloud", required=True, help="URL of the local cloud")
    parser.add_argument("--region", required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--site-fd", type=int, required=True)
    parser.add_argument("--mail-fd", type=int, required=True)
    asked = parser.parse_args()
    log = os.open(asked.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, sys.stderr.fileno())
    asyncio.run(_serve(asked, log))


async def _serve(asked: argparse.Namespace, log: int) -> None:
    cloud = functools.partial(
        boto3.client,
        endpoint_url=asked.cloud,
        region_name=asked.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106
    )
    assembly = Assembly.read(asked.assembly, deployed_names(cloud("cloudformation")), asked.region)
    [described] = assembly.resources("AWS::CloudFront::Distribution")
    distribution_id = assembly.text(described.stack, {"Ref": described.logical_id})
    distribution = read_distribution(assembly, secret_reader(cloud("secretsmanager")))
    edge = Edge(distribution, Origins(asked.cloud, asked.region), FunctionRuntime())
    mailbox = Mailbox()

    site = web.Application()
    site.add_routes(mailbox_routes(mailbox, TextMessages(asked.cloud)))
    site.add_routes([*PushService(mailbox).routes(), beacon_route()])
    site.router.add_route("*", "/{anything:(?s:.*)}", edge.handle)
    runner = web.AppRunner(
        site,
        access_log=None,
        max_line_size=_LINE_BYTES_MAX,
        max_field_size=_HEADER_BYTES_MAX,
        shutdown_timeout=_SHUTDOWN_SECONDS,
    )
    await runner.setup()
    await web.SockSite(runner, socket.socket(fileno=asked.site_fd)).start()
    mail = await asyncio.start_server(
        functools.partial(receive_mail, mailbox), sock=socket.socket(fileno=asked.mail_fd)
    )
    purging = asyncio.create_task(follow_invalidations(cloud("cloudfront"), distribution_id, edge.forget))
    print(READY, flush=True)
    os.dup2(log, sys.stdout.fileno())
    await _told_to_stop()
    purging.cancel()
    mail.close()
    await runner.cleanup()
    await edge.close()


def deployed_names(cloudformation: Any) -> Deployed:
    """Looks names up in the deployed stacks, once per stack."""

    @functools.cache
    def of_stack(stack: str) -> dict[str, str]:
        resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        parameters = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Parameters", [])
        names = {item["LogicalResourceId"]: item.get("PhysicalResourceId", "") for item in resources}
        return names | {item["ParameterKey"]: item["ParameterValue"] for item in parameters}

    return lambda stack, name: of_stack(stack).get(name)


def secret_reader(secretsmanager: Any) -> ReadSecret:
    """Resolves what a template takes from Secrets Manager."""

    def read(secret_id: str, json_key: str) -> str:
        value = str(secretsmanager.get_secret_value(SecretId=secret_id)["SecretString"])
        return str(json.loads(value)[json_key]) if json_key else value

    return read


async def _told_to_stop() -> None:
    """Until SIGTERM, SIGINT, or the end of standard input."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    loop.add_reader(sys.stdin, stopped.set)
    await stopped.wait()


if __name__ == "__main__":
    main()
