"""Taking one attached file out of a stored mail again."""

from parsers.attachments import attached_files
from parsers.message import parse_message


def content_with(sha256: str, raw: bytes) -> bytes | None:
    """The octets of the attached file with this digest, as `Attachment.sha256` tells it.

    None where the mail holds no such file; an attached mail is not among the files, since its octets are
    only known by their digest.

    Raises:
        Unreadable: the mail is outside what may be parsed; then no report ever named a file of it.
    """
    files = attached_files(parse_message(raw).root)
    found = (file for file in files if not file.part.holds_message and file.sent().sha256 == sha256)
    return next((file.part.content for file in found), None)
