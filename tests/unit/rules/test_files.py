"""Which attached files reach a ticket."""

from dataclasses import replace
from typing import Any

import pytest

from parsers.facts import (
    Attachment,
    AttachmentRole,
    DocumentFacts,
    Harm,
    Kind,
    LanguageGuess,
    StatedUrgency,
    Urgency,
)
from rules.files import MOST_FILES, FilePolicy, judge_files
from rules.policies import FilesWanted
from tests.support.reports import report

LETTER = Attachment(name="a.pdf", safe_name="a.pdf", content_type="application/pdf", size=100, sha256="1")
DOCUMENTS = FilesWanted().policy


def reasons(*files: Attachment, policy: FilePolicy | None = DOCUMENTS, **changes: Any) -> list[str | None]:  # noqa: ANN401
    held = bool(changes.pop("held", False))
    told = report(harm=Harm.IP, attachments=files) if files else report(harm=Harm.IP, attachments=(LETTER,))
    return [judged.kept_back for judged in judge_files(replace(told, **changes), policy, held=held)]


def letter(**changes: Any) -> Attachment:  # noqa: ANN401
    return replace(LETTER, **changes)


def test_a_document_is_copied_where_a_rule_says_so() -> None:
    assert reasons() == [None]


def test_without_a_rule_nothing_is_copied() -> None:
    assert reasons(policy=None) == ["no rule puts files on the ticket"]
    assert reasons(policy=FilePolicy(types=(), max_size=1)) == ["no rule puts files on the ticket"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"held": True}, "a person looks at the mail first"),
        ({"harm": Harm.CHILD_SAFETY}, "files about child safety are never copied"),
        ({"harm": Harm.OTHER}, "what the mail is about is not known"),
        ({"harm": Harm.NONE}, "what the mail is about is not known"),
        ({"kind": Kind.BOUNCE}, "the mail is automatic"),
        ({"kind": Kind.AUTO_REPLY}, "the mail is automatic"),
    ],
)
def test_whatever_a_rule_says_some_mails_keep_their_files(changes: dict[str, Any], why: str) -> None:
    assert reasons(**changes) == [why]


def test_a_document_about_children_keeps_back_all_files_of_its_mail() -> None:
    document = DocumentFacts(
        source="a.pdf",
        language=LanguageGuess(code="en"),
        urgency=StatedUrgency(level=Urgency.NORMAL),
        harm=Harm.CHILD_SAFETY,
    )
    assert reasons(documents=(document,)) == ["files about child safety are never copied"]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (letter(content_type="image/png"), "no rule copies files of type image/png"),
        (letter(content_type="application/zip"), "no rule copies files of type application/zip"),
        (letter(content_type="text/html"), "no rule copies files of type text/html"),
        (letter(role=AttachmentRole.INLINE), "it is no document (inline)"),
        (letter(role=AttachmentRole.SIGNATURE), "it is no document (signature)"),
        (letter(flags=frozenset({"encrypted"})), "it is encrypted"),
        (letter(flags=frozenset({"macro"})), "it holds a macro"),
        (letter(flags=frozenset({"script"})), "it holds a script"),
        (letter(flags=frozenset({"executable"})), "it is a program"),
        (letter(flags=frozenset({"misnamed"})), "its name hides what it is"),
        (letter(size=10 * 1024 * 1024 + 1), "it is larger than 10485760 bytes"),
    ],
)
def test_a_file_that_is_no_harmless_document_is_kept_back(file: Attachment, why: str) -> None:
    assert reasons(file, LETTER) == [why, None]


def test_a_rule_may_name_other_types_and_sizes() -> None:
    images = FilesWanted.model_validate({"only": "image/*", "max_size": "1KB"}).policy
    picture = letter(content_type="image/png", size=1024)
    assert reasons(picture, letter(size=1025), policy=images) == [
        None,
        f"no rule copies files of type {LETTER.content_type}",
    ]
    assert reasons(letter(content_type="image/png", size=1025), policy=images) == [
        "it is larger than 1024 bytes"
    ]


def test_an_attached_mail_is_never_copied() -> None:
    mails = FilePolicy(types=("message/*",), max_size=1000)
    assert reasons(letter(content_type="message/rfc822"), policy=mails) == [
        "an attached mail is never copied"
    ]


def test_of_very_many_files_the_first_are_copied() -> None:
    told = reasons(*(letter(sha256=str(number)) for number in range(MOST_FILES + 2)))
    assert told[:MOST_FILES] == [None] * MOST_FILES
    assert told[MOST_FILES:] == [f"only {MOST_FILES} files of a mail are copied"] * 2
