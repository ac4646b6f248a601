"""`check --connect` names each fault of the world outside, on real servers and on the judged sandbox."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from config.settings import SmtpTls
from connectors.checkup import ConnectionFault
from connectors.embedded import free_port
from connectors.imap import ImapAccount
from connectors.imap_checkup import mailbox_faults
from connectors.jira.checkup import Destination, site_faults
from connectors.jira.sandbox.server import Sandbox
from connectors.jira.sandbox.ticket import CustomField, Named
from connectors.jira.site import CloudSite
from connectors.smtp import SmtpAccount, smtp_faults
from daemon.checkup import connection_faults, destinations
from rules.site import load
from tests.contract.jira_judge import judged_sandbox
from tests.support.dovecot import Dovecot
from tests.support.imap_server import PASSWORD
from tests.support.site import site as make_site

USER, TOKEN = "warden@clipora.example", "s3cret"
TICKETS = Destination(
    project="INC",
    issue_type="Task",
    priorities=("High", "Low"),
    components=("Regulatory Affairs",),
    with_assignee=True,
    with_attachments=True,
)
PLAIN = Destination(project="INC", issue_type="Task", priorities=(), components=(), with_assignee=False)
RULES = """\
routes:
  - name: hot
    when: {urgency: critical}
    then: {project: HOT, issue_type: Incident, priority: Highest, assignee: someone, attachments: hash_only}
  - name: regulator
    when: {sender: {class: regulator}}
    then: {components: [Regulatory Affairs], attachments: attach}
additions:
  - {name: election, when: {harm: election}, then: {priority: High, components: [Elections]}}
default:
  then: {project: INC, issue_type: Task}
"""


def words(faults: list[ConnectionFault]) -> str:
    """Each fault is one line."""
    lines = [str(fault) for fault in faults]
    assert not any("\n" in line for line in lines)
    return "\n".join(lines)


# Mailboxes


def imap(server: Dovecot, user: str, **changes: object) -> ImapAccount:
    values = {"host": "127.0.0.1", "port": server.port, "user": user, "password": PASSWORD, "tls": False}
    return ImapAccount(name="regulators", **(values | changes))  # type: ignore[arg-type]


def test_a_mailbox_that_can_be_watched_has_no_fault(dovecot: Dovecot, mail_user: str) -> None:
    assert mailbox_faults(imap(dovecot, mail_user)) == []


@pytest.mark.parametrize(
    ("changes", "what", "mend"),
    [
        ({"password": "wrong"}, "does not accept user or password", "renew the secret behind `password`"),
        ({"folder": "Nowhere"}, 'the folder "Nowhere" cannot be opened', "correct `folder`"),
        ({"port": 1}, "nothing listens at 127.0.0.1:1", "correct `host` and `port`"),
        ({"host": "nowhere.invalid"}, "no address is known for nowhere.invalid", "correct `host`"),
        ({"tls": True}, "does not speak TLS from the start", "correct `port` and `tls`"),
    ],
)
def test_a_mailbox_that_cannot_be_watched_says_why_and_how_to_mend_it(
    dovecot: Dovecot, mail_user: str, changes: dict[str, object], what: str, mend: str
) -> None:
    told = words(mailbox_faults(imap(dovecot, mail_user, **changes)))
    assert told.startswith("mailbox regulators: ")
    assert what in told
    assert mend in told
    assert mail_user not in told


def test_a_certificate_that_is_not_trusted_is_told(dovecot: Dovecot, mail_user: str) -> None:
    told = words(mailbox_faults(imap(dovecot, mail_user, port=dovecot.tls_port, tls=True)))
    assert "the certificate of" in told
    assert "have this machine trust its issuer" in told


def test_a_server_that_is_no_imap_server_is_told(smtp_server: Controller) -> None:
    account = ImapAccount(
        name="le", host="127.0.0.1", port=smtp_server.port, user="u", password="p", tls=False
    )
    assert "does not answer as an IMAP server" in words(mailbox_faults(account))


# Jira


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with judged_sandbox(projects=("INC", "HOT"), credentials=(USER, TOKEN)) as running:
        yield running


def cloud_faults(
    sandbox: Sandbox, *wanted: Destination, token: str = TOKEN, link_type: str = "Relates"
) -> str:
    site = CloudSite(url=sandbox.url, user=USER, token=token, request_timeout=10.0)
    try:
        return words(site_faults(site, wanted or (TICKETS,), link_type=link_type))
    finally:
        site.close()


def test_a_site_that_takes_our_tickets_has_no_fault(sandbox: Sandbox) -> None:
    assert cloud_faults(sandbox) == ""
    assert sandbox.tickets() == ()


def test_a_token_that_jira_does_not_accept_is_the_only_fault_told(sandbox: Sandbox) -> None:
    told = cloud_faults(sandbox, token="old")
    assert told.count("\n") == 0
    assert "jira.token" in told


def test_a_project_that_we_cannot_see_is_named(sandbox: Sandbox) -> None:
    nowhere = replace(PLAIN, project="NOPE")
    told = cloud_faults(sandbox, nowhere)
    assert told.startswith("jira project NOPE: it does not exist, or our account may not see it; ")
    assert "Project settings > Permissions" in told


def test_an_issue_type_that_is_not_there_is_named(sandbox: Sandbox) -> None:
    order = replace(PLAIN, issue_type="Order")
    assert 'jira project INC: there is no issue type "Order"' in cloud_faults(sandbox, order)


def test_an_issue_type_on_a_later_page_is_found(sandbox: Sandbox) -> None:
    path = ".*/createmeta/INC/issuetypes"
    kinds = [{"name": "Bug", "id": "1"}, {"name": "Task", "id": sandbox.store.issue_types[0].id}]
    for kind in kinds:
        page = json.dumps({"issueTypes": [kind], "total": len(kinds)}).encode()
        sandbox.faults.answer("GET", path, status=HTTPStatus.OK, body=page)
    assert cloud_faults(sandbox) == ""
    assert sandbox.requests("GET", path) == len(kinds)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("summary", "Summary"),
        ("description", "Description"),
        ("labels", "Labels"),
        ("priority", "Priority"),
        ("duedate", "Due date"),
        ("components", "Components"),
        ("assignee", "Assignee"),
    ],
)
def test_a_field_that_is_not_on_the_create_screen_is_named(sandbox: Sandbox, field: str, name: str) -> None:
    sandbox.store.hidden_fields["INC"] = frozenset({field})
    told = cloud_faults(sandbox)
    assert told.startswith(
        f'jira project INC: the field "{name}" is not on the create screen of "Task"; add it'
    )


def test_a_field_that_no_rule_sets_may_be_missing(sandbox: Sandbox) -> None:
    sandbox.store.hidden_fields["INC"] = frozenset({"components", "assignee"})
    assert cloud_faults(sandbox, PLAIN) == ""


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("BROWSE_PROJECTS", "Browse Projects"),
        ("CREATE_ISSUES", "Create Issues"),
        ("ADD_COMMENTS", "Add Comments"),
        ("EDIT_ISSUES", "Edit Issues"),
        ("LINK_ISSUES", "Link Issues"),
        ("SCHEDULE_ISSUES", "Schedule Issues"),
        ("ASSIGN_ISSUES", "Assign Issues"),
        ("TRANSITION_ISSUES", "Transition Issues"),
        ("CREATE_ATTACHMENTS", "Create Attachments"),
    ],
)
def test_a_permission_that_we_lack_is_named(sandbox: Sandbox, key: str, name: str) -> None:
    sandbox.store.denied["INC"] = frozenset({key})
    told = cloud_faults(sandbox)
    assert told == (
        f'jira project INC: our account lacks the permission "{name}"; '
        "grant it in Project settings > Permissions"
    )


def test_a_priority_that_is_not_there_is_named(sandbox: Sandbox) -> None:
    urgent = replace(PLAIN, priorities=("Urgent",))
    told = cloud_faults(sandbox, urgent)
    assert told.startswith('jira project INC: there is no priority "Urgent"; add it')


def test_a_component_that_is_not_there_is_named(sandbox: Sandbox) -> None:
    screen: list[dict[str, object]] = [{"fieldId": name} for name in TICKETS.fields]
    screen[-2]["allowedValues"] = [{"name": "Elections"}]
    body = json.dumps({"fields": screen, "total": len(screen)}).encode()
    sandbox.faults.answer("GET", ".*/createmeta/INC/issuetypes/.*", status=HTTPStatus.OK, body=body)
    told = cloud_faults(sandbox)
    assert told.startswith('jira project INC: there is no component "Regulatory Affairs"; ')
    assert told.count("\n") == 0


def test_further_fields_and_security_levels_that_jira_does_not_know_are_named(sandbox: Sandbox) -> None:
    case = CustomField(id="customfield_10001", name="Their case", type="string")
    twins = [replace(case, id=f"customfield_1001{number}", name="Twin") for number in range(2)]
    sandbox.store.custom_fields = (case, *twins)
    sandbox.store.security_levels["INC"] = (Named(id="1", name="Legal only"),)
    wanted = replace(TICKETS, further_fields=("Their case",), security_levels=("Legal only",))
    assert cloud_faults(sandbox, wanted) == ""
    sandbox.store.hidden_fields["INC"] = frozenset({case.id})
    wanted = replace(TICKETS, further_fields=("Case", "Their case", "Twin"), security_levels=("Board",))
    told = cloud_faults(sandbox, wanted)
    assert 'there is no field "Case"; correct `fields`' in told
    assert 'the field "Their case" is not on the create screen of "Task"' in told
    assert '2 fields are called "Twin"; write the id' in told
    assert 'there is no security level "Board"' in told


def test_a_link_type_that_is_not_there_is_named(sandbox: Sandbox) -> None:
    told = cloud_faults(sandbox, link_type="Belongs")
    assert told.startswith('jira: there is no link type "Belongs"')


def test_linking_that_is_switched_off_is_told(sandbox: Sandbox) -> None:
    sandbox.faults.answer("GET", "/rest/api/3/issueLinkType", status=HTTPStatus.NOT_FOUND)
    assert "linking is switched off" in cloud_faults(sandbox)


def test_attachments_that_are_switched_off_are_told_where_a_rule_needs_them(sandbox: Sandbox) -> None:
    sandbox.faults.answer("GET", ".*/attachment/meta", status=HTTPStatus.OK, body=b'{"enabled": false}')
    assert cloud_faults(sandbox).startswith("jira: attachments are switched off; switch them on")
    assert cloud_faults(sandbox, PLAIN) == ""


def test_every_fault_of_every_project_is_told_at_once(sandbox: Sandbox) -> None:
    sandbox.store.hidden_fields["INC"] = frozenset({"duedate", "labels"})
    sandbox.store.denied["HOT"] = frozenset({"ADD_COMMENTS"})
    hot = replace(PLAIN, project="HOT", issue_type="Order")
    told = cloud_faults(sandbox, TICKETS, hot).splitlines()
    assert len([line for line in told if line.startswith("jira project INC")]) == 2
    assert len([line for line in told if line.startswith("jira project HOT")]) == 2


def test_a_site_that_fails_half_way_is_a_fault_of_that_project(sandbox: Sandbox) -> None:
    sandbox.faults.answer("GET", "/rest/api/3/mypermissions", status=HTTPStatus.FORBIDDEN)
    told = cloud_faults(sandbox)
    assert told.startswith("jira project INC: Jira refused GET mypermissions")


def test_a_site_that_is_not_there_is_told(sandbox: Sandbox) -> None:
    site = CloudSite(url="http://127.0.0.1:1", user=USER, token=TOKEN, request_timeout=10.0)
    told = words(site_faults(site, [TICKETS], link_type="Relates"))
    site.close()
    assert told.startswith("jira: ")
    assert "jira.url" in told


def test_the_rules_say_which_tickets_there_can_be(tmp_path: Path) -> None:
    rules = make_site(tmp_path, routing=RULES).rules
    hot, inc = sorted(destinations(rules))
    assert (hot.project, hot.issue_type, hot.priorities) == ("HOT", "Incident", ("High", "Highest"))
    assert (hot.components, hot.with_assignee) == (("Elections",), True)
    assert (hot.with_attachments, inc.with_attachments) == (False, True)
    assert (inc.project, inc.issue_type) == ("INC", "Task")
    assert inc.priorities == ("High", "Highest", "Low", "Medium")
    assert (inc.components, inc.with_assignee) == (("Elections", "Regulatory Affairs"), False)


# SMTP


class Accounts:
    """Accepts one user with one password."""

    def __call__(
        self, _server: object, _session: object, _envelope: object, _mechanism: str, data: object
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"desk", b"secret")
        return AuthResult(success=good, handled=False)


@pytest.fixture
def smtp_server() -> Iterator[Controller]:
    """Takes sign-ins without encryption, and offers none."""
    controller = Controller(
        object(),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=Accounts(),
        auth_require_tls=False,
    )
    controller.start()
    yield controller
    controller.stop()


def smtp(port: int, **changes: object) -> SmtpAccount:
    values = {"host": "127.0.0.1", "user": "desk", "password": "secret", "tls": SmtpTls.NONE}
    return SmtpAccount(port=port, **(values | changes))  # type: ignore[arg-type]


def test_an_smtp_server_that_accepts_us_has_no_fault(smtp_server: Controller) -> None:
    assert smtp_faults(smtp(smtp_server.port)) == []
    assert smtp_faults(smtp(smtp_server.port, user=None, password=None)) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"password": "wrong"}, "smtp: the server does not accept user or password; correct `user`"),
        ({"tls": SmtpTls.STARTTLS}, "smtp: the server does not offer STARTTLS; correct `tls`"),
        ({"tls": SmtpTls.IMPLICIT}, "does not speak TLS from the start; correct `port` and `tls`"),
    ],
)
def test_an_smtp_server_that_does_not_accept_us_says_why(
    smtp_server: Controller, changes: dict[str, object], what: str
) -> None:
    assert what in words(smtp_faults(smtp(smtp_server.port, **changes)))


def test_an_smtp_server_that_is_not_there_is_told() -> None:
    told = words(smtp_faults(smtp(1)))
    assert told.startswith("smtp: nothing listens at 127.0.0.1:1; correct `host` and `port`")


@pytest.fixture
def encrypted_smtp_server(dovecot: Dovecot) -> Iterator[Controller]:
    """Takes sign-ins after STARTTLS only, with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(dovecot.certificate, dovecot.folder / "key.pem")
    controller = Controller(
        object(), hostname="127.0.0.1", port=free_port(), authenticator=Accounts(), tls_context=context
    )
    controller.start()
    yield controller
    controller.stop()


def test_starttls_is_used_and_an_unknown_certificate_is_told(
    encrypted_smtp_server: Controller, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = smtp(encrypted_smtp_server.port, host="localhost", tls=SmtpTls.STARTTLS)
    assert "the certificate of" in words(smtp_faults(account))
    trusting = ssl.create_default_context(cafile=str(dovecot.certificate))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    assert smtp_faults(account) == []


# All together


def test_the_faults_of_all_are_told_together(
    tmp_path: Path, dovecot: Dovecot, mail_user: str, sandbox: Sandbox
) -> None:
    make_site(tmp_path)
    places = {"port": dovecot.port, "user": mail_user, "secret": f"{{file: {tmp_path}/secret}}"}
    (tmp_path / "mailwarden.yaml").write_text(SITE.format(jira=sandbox.url, **places))
    faults = connection_faults(load(tmp_path))
    assert [fault.where for fault in faults] == ["mailbox le", "jira", "smtp"]


SITE = """\
receiving_host: mx.clipora.example
own_domains: [intake.clipora.example]
mailboxes:
  - {{name: regulators, host: 127.0.0.1, port: {port}, tls: false, user: {user}, password: {secret}}}
  - {{name: le, host: 127.0.0.1, port: 1, tls: false, user: {user}, password: {secret}}}
jira: {{url: "{jira}", user: wrong@clipora.example, token: {secret}}}
smtp: {{host: 127.0.0.1, port: 1, tls: none}}
"""
