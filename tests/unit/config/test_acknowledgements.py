"""What senders are told, in files that a site may replace."""

from pathlib import Path

import pytest

from config.acknowledgements import FALLBACK_LANGUAGE, load_acknowledgements
from config.faults import ConfigurationError

SHIPPED = load_acknowledgements(Path(__file__).parents[3] / "config" / "acknowledgements")
LANGUAGES = sorted(SHIPPED.by_name["receipt"])

GOOD = """\
language: {language}
acknowledgements:
  receipt:
    subject: "[{{ticket}}] {{subject}}"
    text: |
      It came at {{received}} and is {{ticket}}.

      {{due}}

      A machine wrote this.
    due: Until {{at}}.
"""


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / f"{name}.yaml").write_text(text)
    return path


def faults(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_acknowledgements(path)
    return str(caught.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_shipped_text_tells_number_and_limit(language: str) -> None:
    words = SHIPPED.by_name["receipt"][language]
    told = words.filled_text(received="<arrival>", due_at="<limit>")
    assert all(part in told for part in ("{ticket}", "<arrival>", "<limit>"))
    assert all(part in words.subject for part in ("{ticket}", "{subject}"))
    assert "<limit>" not in words.filled_text(received="<arrival>", due_at=None)


def test_without_a_limit_no_gap_is_left(tmp_path: Path) -> None:
    texts = load_acknowledgements(folder(tmp_path, en=GOOD.format(language="en")))
    told = texts.by_name["receipt"]["en"].filled_text(received="noon", due_at=None)
    assert told == "It came at noon and is {ticket}.\n\nA machine wrote this.\n"


def test_a_language_without_a_text_gets_the_fallback(tmp_path: Path) -> None:
    texts = load_acknowledgements(
        folder(tmp_path, en=GOOD.format(language="en"), tr=GOOD.format(language="tr"))
    )
    chosen = [texts.of("receipt", language) for language in ("tr", "fr", None)]
    assert [found and found[0] for found in chosen] == ["tr", FALLBACK_LANGUAGE, FALLBACK_LANGUAGE]
    assert texts.of("unheard of", "tr") is None


def test_a_text_without_the_fallback_language_is_a_fault(tmp_path: Path) -> None:
    told = faults(folder(tmp_path, tr=GOOD.format(language="tr")))
    assert told.startswith("acknowledgements/en.yaml acknowledgements.receipt: is missing")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            "{sender}",
            "en.yaml:5:5 acknowledgements.receipt.text: may hold in braces only {ticket}, {received}, {due}",
        ),
        ("{", "may hold in braces only"),
        ("}", "may hold in braces only"),
        ("{ticket!r}", "may hold in braces only"),
    ],
)
def test_braces_hold_only_what_is_known(tmp_path: Path, wrong: str, told: str) -> None:
    text = GOOD.format(language="en").replace("{received}", wrong)
    assert told in faults(folder(tmp_path, en=text))
