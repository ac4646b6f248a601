"""Raw mails and files made to measure, for benchmarks and for mails that are meant to harm."""

import base64
import io
import tarfile
import zipfile
import zlib

MEGABYTE = 1024 * 1024
HEADER = b"From: alice@regulator.example\r\nSubject: Look\r\nMessage-ID: <bomb@regulator.example>\r\n"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "laugh">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><l>&a11;</l>"
)


def field(name: bytes, value: bytes) -> bytes:
    """A mail with one more header field."""
    return HEADER + name + b": " + value + b"\r\n\r\nbody\r\n"


def folded(value: bytes) -> bytes:
    """A field's value on lines that a header may have."""
    return b"\r\n ".join(value[start : start + 900] for start in range(0, len(value), 900))


def body(text: bytes, content_type: bytes = b"text/plain; charset=utf-8", encoding: bytes = b"8bit") -> bytes:
    """A mail of one part."""
    mime = b"MIME-Version: 1.0\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n"
    return HEADER + mime % (content_type, encoding) + text


def html(page: bytes) -> bytes:
    """A mail of one page."""
    return body(page, b"text/html; charset=utf-8")


def attached(name: bytes, content: bytes, content_type: bytes = b"application/octet-stream") -> bytes:
    """A mail with one attachment."""
    head = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n"
        b"--b\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=%s\r\n\r\n"
    )
    return HEADER + head % (content_type, name) + base64.encodebytes(content) + b"--b--\r\n"


def nested(depth: int) -> bytes:
    """Multiparts in one another, each with a boundary of its own."""
    opened = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(depth)
    )
    return HEADER + b"MIME-Version: 1.0\r\n" + b"".join(opened) + b"\r\nbody\r\n"


def nested_alike(depth: int) -> bytes:
    """Multiparts in one another that all use the same boundary."""
    return (
        HEADER
        + b"MIME-Version: 1.0\r\n"
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * depth
    )


def forwarded(depth: int) -> bytes:
    """Messages attached to one another."""
    return HEADER + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: inside\r\n\r\nbody\r\n"


def parts(count: int) -> bytes:
    """Many parts."""
    mime = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return HEADER + mime + b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n"


def zipped(members: dict[str, bytes]) -> bytes:
    """A ZIP file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def zipped_again(times: int) -> bytes:
    """A ZIP file in a ZIP file, and so on."""
    content = zipped({"zeros.txt": bytes(20 * MEGABYTE)})
    for _ in range(times):
        content = zipped({f"{number}.zip": content for number in range(10)})
    return content


def tarred(count: int) -> bytes:
    """A compressed tar file with many members."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for number in range(count):
            archive.addfile(tarfile.TarInfo(f"{number}.txt"))
    return file.getvalue()


def office(part: str, content: bytes, kind: str) -> bytes:
    """A word processor's or spreadsheet's file in which one part is hostile."""
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}"/>'
        "</Types>"
    )
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Target="'
        + part
        + '" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
        "</Relationships>"
    )
    return zipped({"[Content_Types].xml": types.encode(), "_rels/.rels": relations.encode(), part: content})


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF whose first object is the catalogue."""
    file, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
    return file + end % (size, table, size, trailer, len(file))


def pdf_page(stream: bytes) -> bytes:
    """A PDF of one page with this compressed content."""
    packed = zlib.compress(stream, 9)
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
    )


def quotes(lines: int) -> bytes:
    """Every line quoted one level deeper than the one before, up to a width, over and over."""
    return b"".join(b">" * (number % 400) + b" On Monday Bob wrote:\r\n" for number in range(lines))


def multipart(*entities: bytes, kind: bytes = b"mixed") -> bytes:
    """A mail of several entities, each with its header."""
    mime = b"MIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary=b\r\n\r\n" % kind
    return HEADER + mime + b"".join(b"--b\r\n" + entity + b"\r\n" for entity in entities) + b"--b--\r\n"


def entity(content_type: bytes, content: bytes, *, name: bytes = b"", encoded: bool = False) -> bytes:
    """An entity of such a mail; one with a name is an attachment."""
    disposition = b"Content-Disposition: attachment; filename=%s\r\n" % name if name else b""
    encoding = b"Content-Transfer-Encoding: base64\r\n" if encoded else b""
    head = b"Content-Type: %s\r\n%s%s\r\n" % (content_type, disposition, encoding)
    return head + (base64.encodebytes(content) if encoded else content)


def enclosed(mail: bytes) -> bytes:
    """A mail in which another is attached under base64."""
    return multipart(entity(b"message/rfc822", mail, encoded=True))


def letter(paragraphs: bytes) -> bytes:
    """A word processor's file with these paragraphs."""
    namespace = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = b'<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (namespace, paragraphs)
    return office("word/document.xml", document, "wordprocessingml.document.main+xml")


def spreadsheet(rows: bytes) -> bytes:
    """A spreadsheet with these rows."""
    kinds = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = b"http://schemas.openxmlformats.org/package/2006"
    types = b"application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped(
        {
            "[Content_Types].xml": b'<Types xmlns="%s/content-types">'
            b'<Default Extension="rels" '
            b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            b'<Override PartName="/xl/workbook.xml" ContentType="%s.sheet.main+xml"/>'
            b'<Override PartName="/xl/sheet.xml" ContentType="%s.worksheet+xml"/></Types>'
            % (package, types, types),
            "_rels/.rels": b'<Relationships xmlns="%s/relationships"><Relationship Id="r1" '
            b'Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>' % (package, kinds),
            "xl/workbook.xml": b'<workbook xmlns="%s" xmlns:r="%s"><sheets>'
            b'<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>' % (main, kinds),
            "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="%s/relationships"><Relationship Id="r1" '
            b'Type="%s/worksheet" Target="sheet.xml"/></Relationships>' % (package, kinds),
            "xl/sheet.xml": b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (main, rows),
        }
    )
