"""What a rule's `then` may say of attached files and of acknowledgements."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from parsers.file_types import CSV, DOCX, ODP, ODS, ODT, PDF, PPTX, RTF, TEXT, XLSX
from rules.condition import as_list
from rules.content_fields import ContentType, Size
from rules.files import FilePolicy
from rules.names import known_template

ATTACH, HASH_ONLY = "attach", "hash_only"
WORDS: Mapping[str, Mapping[str, object]] = {ATTACH: {}, HASH_ONLY: {"only": ()}}
NO_TEMPLATE = "none"
"""Instead of a template: no acknowledgement is sent, whatever other rules say."""
DOCUMENTS = (PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, RTF, CSV, TEXT)
"""What orders and their annexes are written in; no images, videos, pages or archives."""
LARGEST = 10 * 1024 * 1024
"""Octets; what Jira takes where nobody has changed it."""


def _spelt_out(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value not in WORDS:
        raise ValueError(f'is neither "{ATTACH}" nor "{HASH_ONLY}" nor a group of keys')
    return WORDS[value]


class FilesWanted(BaseModel):
    """Which attached files are copied to the ticket; all others are named there by their hashes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    only: Annotated[tuple[ContentType, ...], BeforeValidator(as_list)] = DOCUMENTS
    """Types of the content, whatever the mail claims: `application/pdf`, `image/*`. None: no file."""
    max_size: Size = LARGEST
    """Of one file."""

    def __str__(self) -> str:
        return f"{ATTACH} {', '.join(self.only)}" if self.only else HASH_ONLY

    @property
    def policy(self) -> FilePolicy:
        """The same for whoever judges files."""
        return FilePolicy(types=self.only, max_size=self.max_size)


Written = Literal["attach", "hash_only"] | FilesWanted
Files = Annotated[FilesWanted, BeforeValidator(_spelt_out, json_schema_input_type=Written)]
"""`attach` for documents, `hash_only` for nothing, or which and how large."""


def _known_or_none(name: str, info: ValidationInfo) -> str:
    return name if name == NO_TEMPLATE else known_template(name, info)


Template = Annotated[str, Field(min_length=1), AfterValidator(_known_or_none)]
"""The name of an acknowledgement, or `none`."""
