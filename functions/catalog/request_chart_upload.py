"""POST /organizer/chart-uploads: where to send a chart's file."""

from __future__ import annotations

from typing import Annotated

import msgspec

from catalog.uploads import Upload, open_upload
from kit import ids
from kit.auth import ORGANIZER
from kit.errors import TooLarge
from kit.http import Call, endpoint


class NewUpload(msgspec.Struct, frozen=True, rename="camel"):
    """The file's exact size, which becomes part of the signed address."""

    size_bytes: Annotated[int, msgspec.Meta(ge=1)]


@endpoint(callers=ORGANIZER, status=201, raises=(TooLarge,))
def handler(call: Call, body: NewUpload) -> Upload:
    """A signed address that takes one file, for a quarter of an hour."""
    return open_upload(call.caller.person_id, ids.new("upl", call.now), body.size_bytes)
