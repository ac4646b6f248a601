"""The commands for whoever edits the rules: check, test and explain them."""

import json as JSON  # noqa: N812 (commands call their own option json)
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console

from config.fault_words import did_you_mean
from config.faults import Fault
from config.instant import utcnow
from config.yaml_file import Document
from connectors.checkup import ConnectionFault
from daemon.case_facts import decided_on
from daemon.checkup import jira_faults
from daemon.command_line import ATTENTION, OK, ConfigOption, JsonOption, database_of, settings_of
from daemon.mail_cases import case_of_mail, mails_of
from daemon.terminal_rules import show_explanation, show_remarks, show_tests
from rules.case import Case
from rules.coverage import Coverage, coverage
from rules.explain import Explanation, explain
from rules.json_schemas import json_schemas
from rules.lint import Remark, Weight, lint
from rules.loader import RulesFile
from rules.rota_lint import lint_rotas
from rules.site import SHIPPED, Site, load, load_rotas, rotas_file, rules_file
from rules.tests_in_file import FailedTest, failed, outcomes_of_tests

MailOrNumber = Annotated[
    str,
    typer.Argument(
        metavar="FILE.eml|NUMBER|MESSAGE-ID", help="A mail in a file, or a message that was decided on."
    ),
]
MailboxOption = Annotated[
    str | None,
    typer.Option("--mailbox", metavar="NAME", help="The mailbox that it came into; the first if left out."),
]

CheckedFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE.yaml", exists=True, dir_okay=False, help="Instead of the routing.yaml of the folder."
    ),
]
RulesOption = Annotated[
    Path | None,
    typer.Option(
        "--rules", metavar="FILE.yaml", exists=True, dir_okay=False, help="By the rules of this file instead."
    ),
]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="DIR",
        help="The folder with your mailwarden.yaml and its neighbours. "
        "Left out, the one where you are, or the shipped one where there is no such file.",
    ),
]
ConnectOption = Annotated[
    bool, typer.Option("--connect", help="Ask Jira whether it knows what the rules name; nothing is changed.")
]

SchemaFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where they are written.")]
StaleOption = Annotated[bool, typer.Option("--check", help="Only tell whether they are current.")]

SETTINGS = "mailwarden.yaml"

rules = typer.Typer(help="The routing rules: what they do, and whether it is meant.", no_args_is_help=True)
console = Console()


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is suspicious about a rules file without faults."""

    weight: Weight
    fault: Fault


@dataclass(frozen=True, kw_only=True)
class Tested:
    """What running the tests of a rules file came to."""

    tests: int
    failed: tuple[FailedTest, ...]
    coverage: Coverage


CHECKED = TypeAdapter(tuple[Checked, ...])
TESTED = TypeAdapter(Tested)
EXPLAINED = TypeAdapter(Explanation)


@rules.command("check")
def rules_check(
    *,
    rules_yaml: CheckedFile = None,
    config: ConfigOption = Path(),
    connect: ConnectOption = False,
    json: JsonOption = False,
) -> None:
    """Find what the rules can never do, what nothing uses, and what no test covers.

    Also additions that contradict each other, and times at which nobody of a rota is on duty.
    With --connect also what Jira does not know: projects, issue types, priorities, components, fields and
    security levels. It ends with 2 when the file has faults, and with 1 when there is a warning; notes are
    only notes.
    """
    file = rules_file(config, rules_yaml)
    rotas = rotas_file(config)
    of_rotas = lint_rotas(rotas.rotas, file.rules, utcnow())
    found = (
        *(_checked(file.document, remark) for remark in lint(file)),
        *(_checked(rotas.document, remark) for remark in of_rotas),
    )
    if connect:
        found = (
            *found,
            *(_in_jira(file, fault) for fault in jira_faults(settings_of(config).jira, file.rules)),
        )
    if json:
        typer.echo(CHECKED.dump_json(found, indent=2))
    else:
        show_remarks(console, [(each.weight, str(each.fault)) for each in found])
    raise typer.Exit(ATTENTION if any(each.weight is Weight.WARNING for each in found) else OK)


@rules.command("test")
def rules_test(
    *, rules_yaml: CheckedFile = None, config: ConfigOption = Path(), json: JsonOption = False
) -> None:
    """Run the tests beside the rules, and tell how much of the rules they exercise.

    It ends with 1 when a test fails.
    """
    wanted = rules_file(config, rules_yaml).rules
    outcomes = outcomes_of_tests(wanted, load_rotas(config), mails_of(wanted, config))
    found = Tested(
        tests=len(wanted.tests),
        failed=failed(outcomes),
        coverage=coverage(wanted, [each.case for each in outcomes if each.case]),
    )
    if json:
        typer.echo(TESTED.dump_json(found, indent=2))
    else:
        show_tests(console, [test.name for test in wanted.tests], found.failed, found.coverage)
    raise typer.Exit(ATTENTION if found.failed else OK)


@rules.command("explain")
def rules_explain(
    *,
    mail: MailOrNumber,
    mailbox: MailboxOption = None,
    by_rules: RulesOption = None,
    config: FolderOption = None,
    json: JsonOption = False,
) -> None:
    """Show, rule by rule, where a mail goes, and why.

    A mail in a file is looked at as if it arrived now and nothing were known of earlier mail; that needs
    no database and no secret. Of a message that was
    decided on, its number or Message-ID tells what was decided then, by the rules of that time. With
    --rules it is what the rules of another file would decide, such as a copy that you are working on.
    """
    folder = config or (Path() if Path(SETTINGS).is_file() else SHIPPED)
    others = rules_file(folder, by_rules).rules if by_rules else None
    if mail.endswith(".eml") and not Path(mail).exists():
        raise typer.BadParameter(f"there is no file {mail}", param_hint="FILE.eml")
    if Path(mail).is_file():
        site = load(folder, with_secrets=False)
        found = explain(_case(site, Path(mail), _mailbox(site, mailbox)), others or site.rules, site.rotas)
    else:
        with database_of(folder).read() as session:
            case, then = decided_on(session, mail)
        found = explain(case, others or then, load_rotas(folder))
    if json:
        typer.echo(EXPLAINED.dump_json(found, indent=2))
    else:
        show_explanation(console, found)


@rules.command("schema")
def rules_schema(
    folder: SchemaFolder = SHIPPED / "schema", *, check: StaleOption = False, json: JsonOption = False
) -> None:
    """Write JSON Schemas for editors: of routing, rotas, organisations and clocks.

    An editor that knows YAML then completes keys and explains them. The shipped files name theirs in
    their first line; in a folder of your own, write `python run.py rules schema DIR/schema` and begin each
    file with `# yaml-language-server: $schema=schema/routing.json`. With --check nothing is written, and it
    ends with 1 when a file there is missing or old; --json prints all of them instead.
    """
    schemas = json_schemas()
    if json:
        typer.echo(JSON.dumps(schemas, indent=2, ensure_ascii=False))
        return
    stale = [name for name, text in _texts(schemas).items() if not _is(folder / name, text)]
    if stale and not check:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in _texts(schemas).items():
            (folder / name).write_text(text, encoding="utf-8")
    done = "old or missing" if check else "written"
    console.print(f"{', '.join(stale)}: {done}." if stale else "All schemas are current.", soft_wrap=True)
    raise typer.Exit(ATTENTION if stale and check else OK)


def _texts(schemas: Mapping[str, object]) -> dict[str, str]:
    return {
        f"{name}.json": f"{JSON.dumps(schema, indent=2, ensure_ascii=False)}\n"
        for name, schema in schemas.items()
    }


def _is(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text


def _checked(document: Document, remark: Remark) -> Checked:
    return Checked(weight=remark.weight, fault=document.fault(remark.at, remark.message, remark.hint))


def _in_jira(file: RulesFile, fault: ConnectionFault) -> Checked:
    told = Fault(file=file.document.file, key=fault.where, message=fault.what, hint=fault.mend)
    return Checked(weight=Weight.WARNING, fault=told)


def _mailbox(site: Site, name: str | None) -> str:
    known = [mailbox.name for mailbox in site.settings.mailboxes]
    if name is not None and name not in known:
        raise typer.BadParameter(did_you_mean(name, known), param_hint="--mailbox")
    return name or known[0]


def _case(site: Site, file: Path, mailbox: str) -> Case:
    return case_of_mail(site, file.read_bytes(), mailbox=mailbox, received_at=utcnow())
