"""Who gets the ticket: one account, or whoever is on duty."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from rules.case import Case
from rules.condition import Text
from rules.duty import Duty, duty, meant_for_nobody, next_on_duty
from rules.names import KnownRota
from rules.rota import Rotas


class Wanted(BaseModel):
    """One of the two."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    account: Text | None = None
    """An account id (Cloud) or a user name (Data Center)."""
    rota: KnownRota | None = None
    """Of `rotas.yaml`: whoever is on duty when the report is decided, speakers of its language first."""

    def __str__(self) -> str:
        return self.account or f"rota {self.rota}"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.account is None) == (self.rota is None):
            raise ValueError("needs an account, or else a rota")
        return self


def _spelt_out(value: object) -> object:
    if isinstance(value, str):
        return {"account": value}
    if not isinstance(value, dict | Wanted):
        raise ValueError("is neither an account, which is a text, nor {rota: NAME}")  # noqa: TRY004 (pydantic wants it)
    return value


Assignee = Annotated[Wanted, BeforeValidator(_spelt_out, json_schema_input_type=str | Wanted)]
"""An account, or `{rota: NAME}`."""


def assigned(wanted: Wanted, case: Case, rotas: Rotas | None) -> tuple[str | None, str]:
    """The account that gets the ticket, None where nobody is on duty; and what is to be told of the rota."""
    if wanted.rota is None:
        return wanted.account, ""
    if rotas is None or wanted.rota not in rotas.rotas:
        return None, f"rota {wanted.rota}: nobody is on duty"
    language = case.report.language.code
    found = duty(rotas, wanted.rota, case.now, due=case.due, language=language)
    if found is None:
        return None, _nobody(rotas, wanted.rota, case)
    return rotas.people[found.person].account, _told(rotas, wanted.rota, found)


def _nobody(rotas: Rotas, name: str, case: Case) -> str:
    """Why nobody is there, if that is meant, and who will be there first."""
    rota = rotas.rotas[name]
    reason = meant_for_nobody(rota, case.now)
    coming = next_on_duty(rotas, name, case.now, case.report.language.code)
    why = f" ({reason})" if reason else ""
    if coming is None or coming.person is None:
        return f"rota {name}: nobody is on duty{why}"
    begins = coming.begin.astimezone(rota.zone)
    return f"rota {name}: nobody is on duty{why}; from {begins:%a %H:%M} {_name(rotas, coming.person)} is"


def _told(rotas: Rotas, rota: str, found: Duty) -> str:
    until = found.until.astimezone(rotas.rotas[rota].zone)
    later = f"; when the clock ends, {_name(rotas, found.then)}" if found.then else ""
    return f"rota {rota}: {_name(rotas, found.person)} until {until:%a %H:%M}{later}"


def _name(rotas: Rotas, person: str) -> str:
    return rotas.people[person].name or person
