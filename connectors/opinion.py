"""Asks a service over HTTP how urgent a mail is: a trained model, or a language model behind a door."""

from dataclasses import dataclass, field
from datetime import timedelta

import requests
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.errors import MailwardenError
from config.fault_points import fault_point
from config.secret import Secret
from connectors.checkup import ConnectionFault
from parsers.facts import Urgency

MAX_ANSWER = 16_384  # octets
MAX_CHARACTERS = 20_000  # of a text


class NoOpinion(MailwardenError):
    """The service gave no usable answer; the message says why, never what was asked."""


class Opinion(BaseModel):
    """What the service says."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    level: Urgency
    sentence: str = Field(default="", max_length=1_000)
    """The sentence of the mail that decided, word for word."""


@dataclass(frozen=True, kw_only=True)
class OpinionService:
    """Where to ask. Thread-safe."""

    url: str
    timeout: timedelta
    token: Secret | None = field(default=None, repr=False)

    def ask(self, *, subject: str, text: str, language: str | None) -> Opinion:
        """How urgent the service finds a mail; the answer is JSON: `{"level": "high", "sentence": "…"}`.

        Raises:
            NoOpinion: it cannot be reached, is too slow, or its answer is not what was asked for.
        """
        asked = {"subject": subject, "text": text[:MAX_CHARACTERS], "language": language}
        headers = {"Authorization": f"Bearer {self.token.reveal()}"} if self.token else {}
        fault_point("call second opinion: before")
        try:
            with requests.post(
                self.url,
                json=asked,
                headers=headers,
                timeout=self.timeout.total_seconds(),
                allow_redirects=False,
                stream=True,
            ) as response:
                answer = self._body(response)
        except (requests.RequestException, OSError) as error:
            raise NoOpinion(f"the second opinion could not be had ({type(error).__name__})") from None
        fault_point("call second opinion: after")
        try:
            return Opinion.model_validate_json(answer)
        except ValidationError:
            raise NoOpinion("the second opinion is not JSON with `level` and `sentence`") from None

    @staticmethod
    def _body(response: requests.Response) -> bytes:
        if response.status_code != requests.codes.ok:
            raise NoOpinion(f"the service of the second opinion answered with {response.status_code}")
        answer = response.raw.read(MAX_ANSWER + 1, decode_content=True)
        if len(answer) > MAX_ANSWER:
            raise NoOpinion(f"the second opinion is longer than {MAX_ANSWER} octets")
        return bytes(answer)


def opinion_faults(service: OpinionService) -> list[ConnectionFault]:
    """Ask the service about a mail that says nothing."""
    try:
        service.ask(subject="", text="-", language=None)
    except NoOpinion as fault:
        mend = "correct `url`, `token` and `timeout`, or look at the service"
        return [ConnectionFault(where="second opinion", what=str(fault), mend=mend)]
    return []
