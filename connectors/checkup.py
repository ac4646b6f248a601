"""What trying a connection finds, in words that say how to mend it."""

import socket
import ssl
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ConnectionFault:
    """One thing to be put right, on our side or on the other."""

    where: str  # such as "mailbox regulators"
    what: str
    mend: str = ""  # empty where `what` says it

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"; {self.mend}" if self.mend else "")


def network_fault(where: str, error: OSError, *, host: str, port: int) -> ConnectionFault:
    """Why no usable connection came about. The keys in the words are those of `mailwarden.yaml`."""
    place = f"{host}:{port}"
    what, mend = _words(error, place)
    return ConnectionFault(where=where, what=what, mend=mend)


def _words(error: OSError, place: str) -> tuple[str, str]:
    match error:
        case socket.gaierror():
            return f"no address is known for {place}", "correct `host`, or the name server of this machine"
        case ConnectionRefusedError():
            return f"nothing listens at {place}", "correct `host` and `port`, or start the server"
        case TimeoutError():
            return (
                f"{place} does not answer in time",
                "correct `host`, `port` and `tls`, or open the firewall",
            )
        case ssl.SSLCertVerificationError():
            return (
                f"the certificate of {place} is not trusted ({error.verify_message})",
                "take a name that stands in it as `host`, or have this machine trust its issuer",
            )
        case ssl.SSLError():
            return f"{place} does not speak TLS from the start", "correct `port` and `tls`"
    return (
        f"the connection to {place} failed ({type(error).__name__})",
        "check the network, `host` and `port`",
    )
