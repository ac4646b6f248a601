"""S/MIME (RFC 8551): what a signed message contains, and whether its signature holds.

Nothing here needs a key or a list of trusted authorities: a signature that holds says that the
content was not altered since the owner of the enclosed certificate signed it, not who that is.
"""

import zlib
from binascii import Error as CodingError
from binascii import a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import Certificate, load_der_x509_certificate

from parsers.der import SET, Element, Malformed, object_identifier, read_one

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_COMPRESSED_DATA = "1.2.840.113549.1.9.16.1.9"
_ENVELOPED = frozenset({"1.2.840.113549.1.7.3", "1.2.840.113549.1.9.16.1.23"})
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_PSS = "1.2.840.113549.1.1.10"
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "1.3.14.3.2.26": hashes.SHA1,
    "2.16.840.1.101.3.4.2.4": hashes.SHA224,
    "2.16.840.1.101.3.4.2.1": hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}
_TAGGED_0 = 0xA0
_MAX_SIGNERS = 5
_FAULTS = (Malformed, ValueError, TypeError, IndexError, UnsupportedAlgorithm, zlib.error)


class Protection(StrEnum):
    """What a CMS structure does to the content (RFC 5652)."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    COMPRESSED = "compressed"
    UNKNOWN = "unknown"  # not a CMS structure, or a damaged one


class Signature(StrEnum):
    """What can be said of a signature without trusting anybody."""

    HOLDS = "signature holds"  # over these very bytes, by the key of the enclosed certificate
    BROKEN = "signature broken"  # the content is not what was signed
    UNCHECKED = "signature unchecked"  # no certificate, an unknown algorithm, a damaged structure


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A CMS structure, opened as far as that goes without a key."""

    protection: Protection
    content: bytes | None = None  # what was signed or compressed, where it is inside
    signature: Signature = Signature.UNCHECKED


@dataclass(frozen=True, kw_only=True)
class _Signer:
    digest: str
    algorithm: str
    attributes: Element | None
    signature: bytes


def open_envelope(data: bytes, *, detached: bytes | None = None, room: int = 0) -> Envelope:
    """Take a CMS structure apart.

    Args:
        data: the structure in DER, BER or PEM.
        detached: the content that a clear signature is about.
        room: how many bytes compressed content may take; what is larger stays closed.
    """
    try:
        content_type, body = _content_info(_binary(data))
    except _FAULTS:
        return Envelope(protection=Protection.UNKNOWN)
    if content_type in _ENVELOPED:
        return Envelope(protection=Protection.ENCRYPTED)
    if content_type == _COMPRESSED_DATA:
        return Envelope(protection=Protection.COMPRESSED, content=_decompressed(body, room))
    if content_type != _SIGNED_DATA:
        return Envelope(protection=Protection.UNKNOWN)
    return _signed(body, detached)


def _binary(data: bytes) -> bytes:
    """The structure in binary, also where a program wrote it in letters (PEM)."""
    if not data.lstrip().startswith(b"-----BEGIN"):
        return data
    lines = (line for line in data.splitlines() if not line.startswith(b"-----"))
    try:
        return a2b_base64(b"".join(lines))
    except CodingError as error:
        raise Malformed("no base64 inside the armour") from error


def _content_info(data: bytes) -> tuple[str, list[Element]]:
    kind, explicit = read_one(memoryview(data)).elements[:2]
    return object_identifier(kind), explicit.elements[0].elements


def _decompressed(body: list[Element], room: int) -> bytes | None:
    """What CompressedData (RFC 3274, section 1.1) holds; None where it is damaged or too large."""
    try:
        packed = body[2].elements[1].elements[0].octets()
        inflater = zlib.decompressobj()
        content = inflater.decompress(packed, room) if room else b""
    except _FAULTS:
        return None
    return content if inflater.eof else None


def _signed(body: list[Element], detached: bytes | None) -> Envelope:
    try:
        encapsulated = body[2].elements
        inside = encapsulated[1].elements[0].octets() if len(encapsulated) > 1 else None
    except _FAULTS:
        return Envelope(protection=Protection.SIGNED)
    content = detached if inside is None else inside
    return Envelope(protection=Protection.SIGNED, content=inside, signature=_judge(body, content))


def _judge(body: list[Element], content: bytes | None) -> Signature:
    if content is None:
        return Signature.UNCHECKED
    try:
        certificates = list(_certificates(body))
        signers = [_signer(each) for each in body[-1].elements[:_MAX_SIGNERS]]
        verdicts = [_holds(signer, certificates, content) for signer in signers]
    except _FAULTS:
        return Signature.UNCHECKED
    if None in verdicts or not verdicts:
        return Signature.UNCHECKED
    return Signature.HOLDS if all(verdicts) else Signature.BROKEN


def _certificates(body: list[Element]) -> Iterator[Certificate]:
    for element in body[3:-1]:
        if element.tag == _TAGGED_0:
            for certificate in element.elements:
                yield load_der_x509_certificate(bytes(certificate.encoded))


def _signer(element: Element) -> _Signer:
    """SignerInfo (RFC 5652, section 5.3)."""
    fields = element.elements
    attributes = fields[3] if fields[3].tag == _TAGGED_0 else None
    after = 3 if attributes is None else 4
    return _Signer(
        digest=object_identifier(fields[2].elements[0]),
        algorithm=object_identifier(fields[after].elements[0]),
        attributes=attributes,
        signature=fields[after + 1].octets(),
    )


def _holds(signer: _Signer, certificates: list[Certificate], content: bytes) -> bool | None:
    """Whether the signature is about the content; None where that cannot be found out."""
    if signer.digest not in _HASHES or not certificates:
        return None
    algorithm = _HASHES[signer.digest]()
    signed = content
    if signer.attributes is not None:
        if _stated_digest(signer.attributes) != _digest(content, algorithm):
            return False
        signed = bytes([SET]) + bytes(signer.attributes.encoded[1:])
    verdicts = [_verifies(certificate, signer, signed, algorithm) for certificate in certificates]
    return True if True in verdicts else None if None in verdicts else False


def _stated_digest(attributes: Element) -> bytes | None:
    for attribute in attributes.elements:
        name, values = attribute.elements[:2]
        if object_identifier(name) == _MESSAGE_DIGEST:
            return values.elements[0].octets()
    return None


def _digest(content: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(content)
    return digest.finalize()


def _verifies(
    certificate: Certificate, signer: _Signer, signed: bytes, algorithm: hashes.HashAlgorithm
) -> bool | None:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            scheme: padding.AsymmetricPadding = padding.PKCS1v15()
            if signer.algorithm == _PSS:
                scheme = padding.PSS(mgf=padding.MGF1(algorithm), salt_length=padding.PSS.AUTO)
            key.verify(signer.signature, signed, scheme, algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signer.signature, signed, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signer.signature, signed)
        else:
            return None
    except InvalidSignature:
        return False
    return True
