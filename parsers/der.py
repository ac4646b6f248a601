"""Just enough of ASN.1's BER and DER (ITU-T X.690) to walk a CMS structure."""

from dataclasses import dataclass

CONSTRUCTED = 0x20
OBJECT_IDENTIFIER = 0x06
SET = 0x31
_INDEFINITE = 0x80
_MAX_DEPTH = 30
_MAX_ELEMENTS = 100_000  # streaming programs cut content into pieces of 1,000 bytes


class Malformed(ValueError):
    """The bytes are no ASN.1 structure, or one that no honest program writes."""


@dataclass(frozen=True, kw_only=True)
class Element:
    """One tag with its content; an element of indefinite length ends before its end mark."""

    tag: int
    content: memoryview
    encoded: memoryview  # the whole element

    @property
    def elements(self) -> list["Element"]:
        """The elements inside a constructed one."""
        return read_all(self.content)

    def octets(self, depth: int = 0) -> bytes:
        """An octet string, put together where it was cut into pieces."""
        if not self.tag & CONSTRUCTED:
            return bytes(self.content)
        if depth > _MAX_DEPTH:
            raise Malformed("nested too deep")
        return b"".join(piece.octets(depth + 1) for piece in self.elements)


def read_all(data: memoryview) -> list[Element]:
    """The elements that stand one behind another; raises `Malformed`."""
    found: list[Element] = []
    position = 0
    while position < len(data):
        if len(found) == _MAX_ELEMENTS:
            raise Malformed("too many elements")
        element = read_one(data[position:])
        position += len(element.encoded)
        found.append(element)
    return found


def read_one(data: memoryview, depth: int = 0) -> Element:
    """The element at the beginning; raises `Malformed`."""
    if len(data) < 2 or depth > _MAX_DEPTH:  # noqa: PLR2004 (a tag and a length)
        raise Malformed("no room for a tag and a length, or nested too deep")
    tag, first = data[0], data[1]
    if first == _INDEFINITE:
        return _indefinite(data, tag, depth)
    start, length = 2, first
    if first > _INDEFINITE:
        start += first - _INDEFINITE
        length = int.from_bytes(data[2:start])
    if start + length > len(data):
        raise Malformed("longer than the data")
    return Element(tag=tag, content=data[start : start + length], encoded=data[: start + length])


def _indefinite(data: memoryview, tag: int, depth: int) -> Element:
    position, count = 2, 0
    while bytes(data[position : position + 2]) != b"\x00\x00":
        position += len(read_one(data[position:], depth + 1).encoded)
        count += 1
        if count > _MAX_ELEMENTS:
            raise Malformed("too many elements")
    return Element(tag=tag, content=data[2:position], encoded=data[: position + 2])


def object_identifier(element: Element) -> str:
    """The identifier in dotted form."""
    if element.tag != OBJECT_IDENTIFIER or not element.content:
        raise Malformed("no object identifier")
    arcs, value = [], 0
    for octet in element.content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2) if arcs else 0
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]])) if arcs else ""
