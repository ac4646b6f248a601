import traceback
from datetime import timedelta
from pathlib import Path

import pytest

from config.faults import ConfigurationError
from config.secret import Secret, SecretUnavailable
from config.settings import Health, Smtp, SmtpTls, load_settings

MINIMAL = """\
receiving_host: mx.example
own_domains: [intake.example]
mailboxes:
  - {name: desk, host: imap.example, user: desk, password: {env: DESK_PASSWORD}}
jira: {url: "https://jira.example", token: {env: JIRA_TOKEN}}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DESK_PASSWORD", "hunter2")
    monkeypatch.setenv("JIRA_TOKEN", "sesame")
    path = tmp_path / "mailwarden.yaml"
    path.write_text(MINIMAL, encoding="utf-8")
    return path


def test_what_the_file_leaves_out_has_a_sensible_default(file: Path) -> None:
    settings = load_settings(file)
    mailbox = settings.mailboxes[0]
    assert settings.database == "sqlite:///var/mailwarden.db"
    assert settings.time_zones == ("Europe/Istanbul", "America/New_York")
    assert (mailbox.port, mailbox.folder, mailbox.tls, mailbox.poll_seconds, mailbox.since) == (
        993,
        "INBOX",
        True,
        60,
        None,
    )
    assert settings.jira.unknown_wait == timedelta(seconds=60)
    assert settings.jira.request_timeout == timedelta(seconds=30)
    assert settings.jira.delivery_threads == 2


def test_the_environment_overrides_one_key_of_a_section(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILWARDEN_DATABASE", "postgresql+psycopg://db/mailwarden")
    monkeypatch.setenv("MAILWARDEN_JIRA__UNKNOWN_WAIT", "5m")
    settings = load_settings(file)
    assert settings.database == "postgresql+psycopg://db/mailwarden"
    assert settings.jira.unknown_wait == timedelta(minutes=5)
    assert settings.jira.url == "https://jira.example"


def test_a_bad_override_is_told_under_the_name_of_its_variable(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILWARDEN_JIRA__DELIVERY_THREADS", "many")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file)
    assert (
        str(caught.value)
        == "environment MAILWARDEN_JIRA__DELIVERY_THREADS: is a text; a whole number is wanted"
    )


def test_an_override_that_is_not_json_is_told_without_its_value(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILWARDEN_MAILBOXES", "[hunter2")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file)
    assert str(caught.value) == "environment MAILWARDEN_MAILBOXES: is not the JSON that this setting needs"


def test_a_secret_shows_in_no_representation(file: Path) -> None:
    settings = load_settings(file)
    assert settings.jira.token.reveal() == "sesame"
    shown = f"{settings!r} {settings} {settings.model_dump_json()}"
    assert "sesame" not in shown
    assert "hunter2" not in shown


def test_a_literal_secret_is_refused_and_echoed_nowhere(file: Path) -> None:
    file.write_text(
        MINIMAL.replace("{env: DESK_PASSWORD}", "correct-horse").replace("[intake.example]", "7"),
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as caught:
        load_settings(file)
    assert len(caught.value.faults) == 2
    assert "correct-horse" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


def test_a_secret_in_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("old\n", encoding="utf-8")
    secret = Secret(file=path)
    assert secret.reveal() == "old"
    path.write_text("new\r\n", encoding="utf-8")
    assert secret.reveal() == "new"


def test_a_secret_that_vanishes_later_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", "sesame")
    secret = Secret(env="JIRA_TOKEN")
    monkeypatch.delenv("JIRA_TOKEN")
    with pytest.raises(SecretUnavailable, match="environment variable JIRA_TOKEN is empty or not set"):
        secret.reveal()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_server_on_this_machine_may_go_without_encryption(file: Path, host: str) -> None:
    file.write_text(
        MINIMAL.replace("imap.example", f'"{host}"').replace("user: desk", "user: desk, tls: false"),
        encoding="utf-8",
    )
    assert load_settings(file).mailboxes[0].tls is False


def test_without_an_smtp_section_there_is_no_smtp_server(file: Path) -> None:
    assert load_settings(file).smtp is None


def test_an_smtp_section_needs_only_its_host(file: Path) -> None:
    file.write_text(f"{MINIMAL}smtp: {{host: smtp.example}}\n", encoding="utf-8")
    assert load_settings(file).smtp == Smtp(host="smtp.example", port=587, tls=SmtpTls.STARTTLS)


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ("{host: smtp.example, tls: none}", "may be none only for a server on this machine"),
        ("{host: smtp.example, user: desk}", "needs both user and password, or neither"),
        (
            "{host: smtp.example, user: desk, password: {env: UNSET_PASSWORD}}",
            "UNSET_PASSWORD is empty or not set",
        ),
    ],
)
def test_an_smtp_section_that_cannot_be_used_is_a_fault(file: Path, section: str, fault: str) -> None:
    file.write_text(f"{MINIMAL}smtp: {section}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=fault):
        load_settings(file)


def test_without_a_health_section_nothing_listens(file: Path) -> None:
    assert load_settings(file).health is None


def test_an_empty_health_section_listens_on_this_machine_alone(file: Path) -> None:
    file.write_text(f"{MINIMAL}health: {{}}\n", encoding="utf-8")
    assert load_settings(file).health == Health(host="127.0.0.1", port=9464, expose=False)


def test_health_is_shown_to_other_machines_only_on_purpose(file: Path) -> None:
    file.write_text(f"{MINIMAL}health: {{host: 0.0.0.0}}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"health.host: must be this machine's own"):
        load_settings(file)
    file.write_text(f"{MINIMAL}health: {{host: 0.0.0.0, expose: true}}\n", encoding="utf-8")
    assert load_settings(file).health == Health(host="0.0.0.0", expose=True)  # noqa: S104  (what is tested)
