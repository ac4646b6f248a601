"""Reads a YAML file into a typed model, and says in plain words what is wrong with it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from config.fault_words import did_you_mean, sentence, with_value
from config.faults import ConfigurationError, Fault
from config.yaml_nodes import Flaw, Loc, NotAccepted, Place, Tree, key_text, parse

M = TypeVar("M", bound=BaseModel)
_QUOTES = " \u00ab\u00bb\u2018\u2019\u201c\u201d\u201e"
"""What word processors put around texts; YAML knows only straight quotation marks."""


class Problem(NamedTuple):
    """Something that a model's own check found, at a place below the model."""

    at: Loc
    message: str
    hint: str = ""


def found(problems: Sequence[Problem]) -> PydanticCustomError:
    """The exception by which a model's validator reports problems with their places."""
    return PydanticCustomError("problems", "problems", {"problems": tuple(problems)})


def text_like(pattern: str, wanted: str, nearest: Callable[[str], str | None] = str.strip) -> AfterValidator:
    """A check that the whole text matches.

    `wanted` names what it should be; `nearest` guesses what was meant by a text that does not match.
    """
    form = re.compile(pattern)

    def check(text: str) -> str:
        if form.fullmatch(text):
            return text
        bare = text.strip(_QUOTES)
        guesses = (bare.upper(), bare, bare.lower(), nearest(bare))
        meant = next((guess for guess in guesses if guess and form.fullmatch(guess)), None)
        raise found([Problem((), f"is not {wanted}", f'did you mean "{meant}"?' if meant else "")])

    check.form = pattern  # type: ignore[attr-defined]  # for the JSON Schemas
    return AfterValidator(check)


def read_yaml(path: Path, model: type[M], context: object = None) -> M:
    """Read and validate one file. `context` reaches the model's validators.

    Raises:
        ConfigurationError: with every fault of the file.
    """
    document = Document.read(path)
    return document.checked(document.tree.values, model, context)


@dataclass(frozen=True, kw_only=True)
class Document:
    """One YAML file as read, not yet checked against a model."""

    file: str
    tree: Tree
    secretive: bool = False  # whether a value may be a secret by mistake, so that no fault repeats one

    @classmethod
    def read(cls, path: Path, *, secretive: bool = False) -> "Document":
        """Read the file.

        Raises:
            ConfigurationError: it cannot be opened or is not acceptable YAML.
        """
        return cls.of(path.name, cls.content(path), secretive=secretive)

    @staticmethod
    def content(path: Path) -> bytes:
        """The octets of the file; raises as `read` does."""
        try:
            return path.read_bytes()
        except OSError as error:
            hint = f"looked for {path}"
            fault = Fault(file=path.name, message=f"cannot be read: {error.strerror}", hint=hint)
            raise ConfigurationError([fault]) from error

    @classmethod
    def of(cls, name: str, content: bytes, *, secretive: bool = False) -> "Document":
        """The document with this content; raises as `read` does."""
        try:
            return cls(file=name, tree=parse(content), secretive=secretive)
        except NotAccepted as error:
            flaws = error.flaws
        raise ConfigurationError(_from_flaw(name, flaw) for flaw in flaws)

    def checked(self, values: object, model: type[M], context: object = None) -> M:
        """The model of these values, which are the file's or made of them.

        Raises:
            ConfigurationError: with every fault.
        """
        try:
            return model.model_validate(values, context=context)
        except ValidationError as error:
            faults = self.faults(error, model)
        # Raised outside the handler: pydantic's own error repeats the values, and they can be secret.
        raise ConfigurationError(faults)

    def faults(self, error: ValidationError, model: type[BaseModel]) -> list[Fault]:
        """Every finding of pydantic in plain words, each with its place in the file."""
        return [fault for detail in details(error) for fault in self.translated(detail, model)]

    def fault(self, loc: Loc, message: str, hint: str = "") -> Fault:
        """A fault at the value, or at the nearest value around it that stands in the file."""
        known = self.known(loc)
        return _located(self.file, self.tree.places[known], key=key_text(known), message=message, hint=hint)

    def known(self, loc: Loc) -> Loc:
        """The location without the steps that a model adds to what is written."""
        path: Loc = ()
        for step in loc:
            if (*path, step) in self.tree.places:
                path = (*path, step)
        return path

    def translated(self, detail: ErrorDetails, model: type[BaseModel]) -> Iterator[Fault]:
        """One finding of pydantic in plain words."""
        loc = detail["loc"]
        if detail["type"] == "problems":
            for at, message, hint in detail["ctx"]["problems"]:
                told = message if at else self._told(message, detail["input"])
                yield self.fault((*loc, *at), told, hint)
        elif detail["type"] == "missing":
            parent = self.known(loc[:-1])
            key = key_text((*parent, loc[-1]))
            yield _located(self.file, self.tree.places[parent], key=key, message="is missing", hint="")
        elif detail["type"] == "extra_forbidden":
            yield self.fault(loc, "unknown key", did_you_mean(str(loc[-1]), _keys_beside(model, loc)))
        else:
            message, hint = sentence(detail)
            keys = _keys_beside(model, (*loc, "")) if detail["type"] == "model_type" else ()
            listed = f": {', '.join(sorted(keys))}" if keys else ""
            yield self.fault(loc, self._told(message, detail["input"]), f"{hint}{listed}")

    def _told(self, message: str, value: object) -> str:
        return message if self.secretive else with_value(message, value)


def _located(file: str, place: Place, *, key: str, message: str, hint: str) -> Fault:
    return Fault(file=file, line=place.line, column=place.column, key=key, message=message, hint=hint)


def _from_flaw(file: str, flaw: Flaw) -> Fault:
    return _located(file, flaw.place, key=flaw.key, message=flaw.message, hint=flaw.hint)


def details(error: ValidationError) -> list[ErrorDetails]:
    """The findings, without "too short" for lists that are so because their items are wrong."""
    every = error.errors()
    places = [detail["loc"] for detail in every]
    return [
        detail
        for detail in every
        if detail["type"] != "too_short" or not any(_is_below(place, detail["loc"]) for place in places)
    ]


def _is_below(place: Loc, other: Loc) -> bool:
    return len(place) > len(other) and place[: len(other)] == other


def _keys_beside(model: type[BaseModel], loc: Loc) -> set[str]:
    """The keys that could stand where the last step of the location stands."""
    models = {model}
    for step in loc[:-1]:
        models = {inner for outer in models for inner in _models_under(outer, step)} or models
    return {field.alias or name for each in models for name, field in each.model_fields.items()}


def _models_under(model: type[BaseModel], step: object) -> Iterator[type[BaseModel]]:
    for name, field in model.model_fields.items():
        if step in (name, field.alias):
            yield from _models_in(field.annotation)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - annotations have no common type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
