"""Whether Jira will take the tickets that the rules ask for; every fault at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from connectors.checkup import ConnectionFault
from connectors.errors import OutsideError
from connectors.jira.custom_fields import SiteField, named
from connectors.jira.site import CreateScreen, JiraSite

FIELDS = {
    "summary": "Summary",
    "description": "Description",
    "labels": "Labels",
    "priority": "Priority",
    "duedate": "Due date",
}
"""The fields that every ticket of ours sets: their ids, with the names that Jira's menus use."""
COMPONENTS = {"components": "Components"}
ASSIGNEE = {"assignee": "Assignee"}

CREATE = ("BROWSE_PROJECTS", "CREATE_ISSUES")
"""Without these nothing else can be asked."""
PERMISSIONS = ("ADD_COMMENTS", "EDIT_ISSUES", "LINK_ISSUES", "SCHEDULE_ISSUES", "TRANSITION_ISSUES")
"""Scheduling is what Jira calls setting a due date; a transition closes a ticket that was opened twice."""
ASSIGN = ("ASSIGN_ISSUES",)
ATTACH = ("CREATE_ATTACHMENTS",)

Told = tuple[str, str]
"""What is wrong, and how to mend it."""


@dataclass(frozen=True, kw_only=True, order=True)
class Destination:
    """A kind of ticket that the rules can ask for."""

    project: str
    issue_type: str
    priorities: tuple[str, ...]
    components: tuple[str, ...]
    with_assignee: bool
    with_attachments: bool = False
    further_fields: tuple[str, ...] = ()  # by name or id
    security_levels: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        """The fields that are set, by id."""
        components = COMPONENTS if self.components else {}
        return FIELDS | components | (ASSIGNEE if self.with_assignee else {})

    @property
    def permissions(self) -> tuple[str, ...]:
        """What else our account must be allowed to do, beside opening tickets."""
        attach = ATTACH if self.with_attachments else ()
        return (*PERMISSIONS, *(ASSIGN if self.with_assignee else ()), *attach)


def site_faults(
    site: JiraSite, destinations: Sequence[Destination], *, link_type: str
) -> list[ConnectionFault]:
    """What keeps tickets from being opened, commented on, raised, linked and given files as the rules ask."""
    try:
        site.sign_in()
        faults = [*_link_faults(site, link_type), *_file_faults(site, destinations)]
    except OutsideError as error:
        return [ConnectionFault(where="jira", what=str(error))]
    by_project = groupby(sorted(destinations), key=lambda destination: destination.project)
    return [fault for key, wanted in by_project for fault in _of_project(site, key, list(wanted))] + faults


def _of_project(site: JiraSite, key: str, wanted: Sequence[Destination]) -> list[ConnectionFault]:
    where = f"jira project {key}"
    try:
        told = list(_project_faults(site, key, wanted))
    except OutsideError as error:
        return [ConnectionFault(where=where, what=str(error))]
    return [ConnectionFault(where=where, what=what, mend=mend) for what, mend in told]


def _project_faults(site: JiraSite, key: str, wanted: Sequence[Destination]) -> Iterator[Told]:
    if not site.has_project(key):
        grant = "or let our account browse it in Project settings > Permissions"
        yield (
            "it does not exist, or our account may not see it",
            f"correct `project` in routing.yaml, {grant}",
        )
        return
    permissions = dict.fromkeys(name for destination in wanted for name in destination.permissions)
    lacking = site.lacking(key, CREATE)
    for name in lacking + site.lacking(key, tuple(permissions)):
        yield f'our account lacks the permission "{name}"', "grant it in Project settings > Permissions"
    if not lacking:
        yield from dict.fromkeys(_ticket_faults(site, key, wanted))
        yield from _security_faults(site, key, wanted)


def _ticket_faults(site: JiraSite, key: str, wanted: Sequence[Destination]) -> Iterator[Told]:
    issue_types = site.issue_types(key)
    named_by_rules = any(destination.further_fields for destination in wanted)
    known = site.known_fields() if named_by_rules else ()
    for destination in wanted:
        name = destination.issue_type
        if name in issue_types:
            screen = site.create_screen(key, issue_types[name])
            yield from _field_faults(destination, screen)
            yield from _value_faults(destination, screen)
            yield from _further_faults(destination, known, screen)
        else:
            add = "or add it in Project settings > Issue types"
            yield f'there is no issue type "{name}"', f"correct `issue_type` in routing.yaml, {add}"


def _field_faults(destination: Destination, screen: CreateScreen) -> Iterator[Told]:
    for field, name in destination.fields.items():
        if field not in screen:
            yield (
                f'the field "{name}" is not on the create screen of "{destination.issue_type}"',
                "add it in Project settings > Issue types, or in a company-managed project > Screens",
            )


def _value_faults(destination: Destination, screen: CreateScreen) -> Iterator[Told]:
    for priority in _unknown("priority", destination.priorities, screen):
        add = "add it in Settings > Issues > Priorities, and to the project's priority scheme"
        yield f'there is no priority "{priority}"', add
    for component in _unknown("components", destination.components, screen):
        add = "add it in Project settings > Components"
        yield f'there is no component "{component}"', f"correct `components` in routing.yaml, or {add}"


def _further_faults(
    destination: Destination, known: Sequence[SiteField], screen: CreateScreen
) -> Iterator[Told]:
    for name in destination.further_fields:
        meant = named(name, known)
        if len(meant) > 1:
            yield (
                f'{len(meant)} fields are called "{name}"',
                "write the id of the one, such as customfield_10042",
            )
        elif not meant:
            yield f'there is no field "{name}"', "correct `fields` in routing.yaml, or add it"
        elif meant[0].id not in screen:
            yield (
                f'the field "{name}" is not on the create screen of "{destination.issue_type}"',
                "add it there, or correct `fields` in routing.yaml",
            )


def _security_faults(site: JiraSite, key: str, wanted: Sequence[Destination]) -> Iterator[Told]:
    levels = dict.fromkeys(level for destination in wanted for level in destination.security_levels)
    known = site.security_levels(key) if levels else frozenset[str]()
    for level in levels:
        if level not in known:
            yield (
                f'there is no security level "{level}", or our account is not in it',
                "correct `security_level` in routing.yaml, or add it in Project settings > Issue security",
            )


def _unknown(field: str, wanted: Sequence[str], screen: CreateScreen) -> list[str]:
    known = screen.get(field)
    return [] if known is None else [value for value in wanted if value not in known]


def _link_faults(site: JiraSite, link_type: str) -> Iterator[ConnectionFault]:
    if link_type not in site.link_types():
        yield ConnectionFault(
            where="jira",
            what=f'there is no link type "{link_type}", or linking is switched off',
            mend="switch it on and add the type in Settings > Issues > Issue linking",
        )


def _file_faults(site: JiraSite, destinations: Sequence[Destination]) -> Iterator[ConnectionFault]:
    if any(destination.with_attachments for destination in destinations) and not site.takes_files():
        yield ConnectionFault(
            where="jira",
            what="attachments are switched off",
            mend="switch them on in Settings > System, or leave out `attachments` in routing.yaml",
        )
