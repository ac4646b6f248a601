"""Secrets are named in the configuration and never stand in it."""

import os
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from config.errors import MailwardenError
from config.yaml_file import Problem, found


class SecretUnavailable(MailwardenError):
    """A secret cannot be had from where the configuration says it is; set it there."""


class Secret(BaseModel):
    """Where a secret is: `{env: NAME}` or `{file: PATH}`.

    It is read anew whenever it is needed, so that it can be exchanged while the daemon runs and
    never lies about in an object that somebody prints.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    env: str | None = None
    file: Path | None = None

    def reveal(self) -> str:
        """The secret itself, without the line break that ends a file.

        Raises:
            SecretUnavailable: the variable is not set, or the file cannot be read or is empty.
        """
        secret = os.environ.get(self.env, "") if self.env else self._content()
        if not secret:
            raise SecretUnavailable(f"{self._whereabouts} is empty or not set")
        return secret

    @property
    def _whereabouts(self) -> str:
        return f"the environment variable {self.env}" if self.env else f"the file {self.file}"

    def _content(self) -> str:
        try:
            return Path(str(self.file)).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SecretUnavailable(f"{self._whereabouts} cannot be read ({type(error).__name__})") from None

    @model_validator(mode="before")
    @classmethod
    def _never_literal(cls, value: object) -> object:
        if not isinstance(value, dict | cls):
            # Not echoed: what stands there is probably the secret.
            problem = Problem((), "a secret never stands in this file", "write {env: NAME} or {file: PATH}")
            raise found([problem])
        return value

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError("needs either env or file")
        return self
