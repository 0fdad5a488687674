"""POST /organizer/image-uploads: where to send a picture."""

from __future__ import annotations

from catalog.images import IMAGE_BYTES_MAX
from catalog.request_chart_upload import NewUpload
from catalog.uploads import Upload, open_upload
from kit import ids
from kit.auth import ORGANIZER
from kit.errors import TooLarge
from kit.http import Call, endpoint


@endpoint(callers=ORGANIZER, status=201, raises=(TooLarge,))
def handler(call: Call, body: NewUpload) -> Upload:
    """A signed address that takes one file, of 10 MB at most, for a quarter of an hour."""
    return open_upload(call.caller.person_id, ids.new("upl", call.now), body.size_bytes, IMAGE_BYTES_MAX)
