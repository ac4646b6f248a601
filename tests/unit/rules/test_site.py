from pathlib import Path

import pytest

from config.faults import ConfigurationError
from rules.loader import load_rules
from rules.site import SHIPPED, load
from rules.tests_in_file import failures

MINIMAL = {
    "mailwarden.yaml": """\
receiving_host: mx.example.org
own_domains: [intake.example.org]
mailboxes:
  - {name: regulators, host: imap.example.org, user: regulators, password: {env: MAIL_PASSWORD}}
  - {name: partners, host: imap.example.org, user: partners, password: {env: MAIL_PASSWORD}}
jira: {url: "https://jira.example.org", user: warden@example.org, token: {env: JIRA_TOKEN}}
""",
    "organisations.yaml": """\
organisations:
  - {id: sydk, name: SYDK, class: regulator, country: TR, domains: [sydk.example]}
""",
    "routing.yaml": """\
routes:
  - name: regulator
    when: {sender: {class: regulator}}
    then: {labels: [regulator]}
default: {then: {project: INC, issue_type: Task}}
""",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAIL_PASSWORD", "hunter2")
    monkeypatch.setenv("JIRA_TOKEN", "sesame")
    for name, text in MINIMAL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_real_site_needs_fewer_than_25_lines(folder: Path) -> None:
    site = load(folder)
    assert [mailbox.name for mailbox in site.settings.mailboxes] == ["regulators", "partners"]
    assert sum(text.count("\n") for text in MINIMAL.values()) < 25


def test_what_a_site_leaves_out_is_shipped(folder: Path) -> None:
    site = load(folder)
    assert len(site.regimes.regimes) == 80
    assert {"tr", "en"} <= set(site.lexicons)
    assert site.reference_patterns.patterns


def test_a_site_s_own_clocks_replace_the_shipped_ones(folder: Path) -> None:
    (folder / "clocks.yaml").write_text("compiled: 2026-11-22\nregimes: []\n", encoding="utf-8")
    assert load(folder).regimes.regimes == ()


def test_the_faults_of_all_files_are_told_together(folder: Path) -> None:
    (folder / "mailwarden.yaml").write_text("mailboxes: []\n", encoding="utf-8")
    (folder / "organisations.yaml").write_text("organisations: {}\n", encoding="utf-8")
    (folder / "routing.yaml").unlink()
    (folder / "clocks.yaml").write_text("regimes: []\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    files = [fault.file for fault in caught.value.faults]
    assert files == sorted(files)
    assert set(files) == {"clocks.yaml", "mailwarden.yaml", "organisations.yaml", "routing.yaml"}


def test_rules_may_name_only_mailboxes_and_organisations_of_the_site(folder: Path) -> None:
    rules = MINIMAL["routing.yaml"].replace(
        "sender: {class: regulator}", "mailbox: regulator, sender: {organisation: sidk}"
    )
    (folder / "routing.yaml").write_text(rules, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    assert [fault.hint for fault in caught.value.faults] == [
        'did you mean "regulators"?',
        'did you mean "sydk"?',
    ]


def test_the_shipped_site_is_sound() -> None:
    site = load(SHIPPED, with_secrets=False)
    names = [mailbox.name for mailbox in site.settings.mailboxes]
    assert names == ["regulators", "partners", "le", "escalations"]


def test_without_secrets_a_site_loads_where_they_are_not_set(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JIRA_TOKEN")
    with pytest.raises(
        ConfigurationError, match=r"jira\.token: the environment variable JIRA_TOKEN is empty"
    ):
        load(folder)
    assert load(folder, with_secrets=False).settings.jira.token.env == "JIRA_TOKEN"


def test_reading_mail_is_given_what_the_site_says(folder: Path) -> None:
    knowledge = load(folder).knowledge
    assert (knowledge.receiving_host, knowledge.own_domains) == ("mx.example.org", ("intake.example.org",))
    assert knowledge.directory.of_domain("sydk.example") is not None


def test_the_tests_beside_the_shipped_rules_pass() -> None:
    rules = load_rules(SHIPPED / "routing.yaml")
    assert failures(rules) == ()


def test_the_shipped_rules_test_every_route() -> None:
    rules = load_rules(SHIPPED / "routing.yaml")
    tested = {test.expect.route for test in rules.tests}
    assert {route.name for route in rules.routes} <= tested
