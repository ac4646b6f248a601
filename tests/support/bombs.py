"""Mails made to cost whoever reads them more than they cost to send, one of each known kind."""

import gzip
from collections.abc import Callable

from tests.support.raw_mails import (
    HEADER,
    LAUGHS,
    MEGABYTE,
    attached,
    body,
    enclosed,
    entity,
    field,
    folded,
    forwarded,
    html,
    letter,
    multipart,
    nested,
    nested_alike,
    office,
    parts,
    pdf,
    pdf_page,
    quotes,
    spreadsheet,
    tarred,
    zipped,
    zipped_again,
)

Bombs = dict[str, Callable[[], bytes]]
"""By name; made when asked for, because together they take hundreds of megabytes."""

PAGE = b"<p>Please remove <a href='https://a.example'>this</a>.</p>\r\n" * 17_000
DATED = b"Dear %d, on %d.3.2026 at 10:%02d we saw https://clipora.example/@u%d/video/7%018d\r\n"
REPORTED = b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.0.0\r\n\r\n"


def letters() -> bytes:
    """33 MB of eight-bit text in short lines."""
    return b"Gr\xfc\xdfe aus der Beh\xf6rde: Wir bitten um die L\xf6schung, bald.\r\n" * 550_000


HEADERS: Bombs = {
    "header of 300 KB": lambda: HEADER + b"X-Small: value\r\n" * 20_000 + b"\r\nbody",
    "header field of 70 KB": lambda: field(b"X-Large", b"a" * 70_000),
    "sixty thousand fields": lambda: b"A:\r\n" * 60_000 + b"\r\nbody",
    "header without an end": lambda: HEADER + b"X-Line: value\r\n" * 2_000_000,
    "folds": lambda: field(b"Subject", b"\r\n " * 15_000 + b"end"),
    "folds of blanks": lambda: field(b"Subject", b"\r\n \t".join([b" " * 60] * 900)),
    "comments": lambda: field(b"From", b"(" * 60_000 + b"a@b.example"),
    "comments closed": lambda: field(b"From", folded(b"(" * 15_000 + b")" * 15_000) + b" a@b.example"),
    "comments in a verdict": lambda: field(
        b"Authentication-Results", folded(b"mx.clipora.example; " + b"(a" * 15_000)
    ),
    "verdicts": lambda: field(
        b"Authentication-Results", folded(b"mx.clipora.example" + b"; dkim=pass reason=x" * 2_500)
    ),
    "verdict fields": lambda: (
        HEADER + b"Authentication-Results: mx.clipora.example; dmarc=pass\r\n" * 4_000 + b"\r\n"
    ),
    "quotation marks": lambda: field(b"From", b'"' * 60_001 + b" <a@b.example>"),
    "angle brackets": lambda: field(b"From", b"<" * 60_000),
    "commas": lambda: field(b"From", b"," * 60_000),
    "address list": lambda: field(b"To", folded(b"a@b.example, " * 4_500)),
    "groups": lambda: field(b"To", folded(b"a:;" * 15_000)),
    "several thousand senders": lambda: HEADER + b"From: a@b.example\r\n" * 9_000 + b"\r\n",
    "references": lambda: field(b"References", folded(b"<a@b.example> " * 4_000)),
    "references unclosed": lambda: field(b"References", folded(b"<a" * 30_000)),
    "hops": lambda: (
        HEADER + b"Received: from a by b; Mon, 2 Nov 2026 10:00:00 +0000\r\n" * 3_000 + b"\r\nbody"
    ),
    "hop": lambda: field(b"Received", folded(b"from a by b for c " * 3_000)),
    "date": lambda: field(b"Date", b"Mon, " * 12_000),
    "date of digits": lambda: field(b"Date", b"9" * 60_000),
    "encoded words": lambda: field(b"Subject", folded(b"=?utf-8?q?a?= " * 4_000)),
    "encoded words in small fields": lambda: HEADER + b"X-A: =?utf-8?b?YQ==?=\r\n" * 9_000 + b"\r\n",
    "encoded words unclosed": lambda: field(b"Subject", folded(b"=?utf-8?q?" * 6_000)),
    "encoded word in one piece": lambda: field(b"Subject", b"=?utf-8?b?" + b"QUFB" * 15_000 + b"?="),
    "encoded words in encoded words": lambda: field(b"Subject", b"=?utf-8?q?=3D?=" * 4_000),
    "charset of an attack": lambda: field(b"Subject", b"=?punycode?q?" + b"a" * 60_000 + b"?="),
    "parameters": lambda: field(b"Content-Type", b"text/plain" + folded(b"; a=b" * 12_000)),
    "parameter sections": lambda: field(
        b"Content-Type", b"text/plain" + folded(b"".join(b"; name*%d=a" % n for n in range(4_000)))
    ),
    "parameter section number": lambda: field(b"Content-Type", b"text/plain; name*" + b"9" * 60_000 + b"=a"),
    "parameter quotes": lambda: field(b"Content-Type", b'text/plain; name="' + b'\\"' * 30_000),
    "boundary of 60 KB": lambda: field(b"Content-Type", b"multipart/mixed; boundary=" + b"b" * 60_000),
}
STRUCTURES: Bombs = {
    "multiparts fifty deep": lambda: nested(49),
    "multiparts ten thousand deep": lambda: nested(10_000),
    "multiparts alike": lambda: nested_alike(10_000),
    "messages fifty deep": lambda: forwarded(49),
    "messages ten thousand deep": lambda: forwarded(10_000),
    "a thousand parts": lambda: parts(990),
    "a hundred thousand parts": lambda: parts(100_000),
    "boundary flood": lambda: nested(20) + b"--b\r\n" * 1_000_000,
    "boundary prefix flood": lambda: parts(1) + b"\r\n-" * 3_000_000,
    "base64 of 34 MB": lambda: attached(b"film.mp4", b"\x00\x01\x02" * (25 * MEGABYTE // 3)),
    "base64 on one line": lambda: body(b"QUJD" * 8 * MEGABYTE, b"video/mp4", b"base64"),
    "base64 of rubbish": lambda: body(b"!?" * 10 * MEGABYTE, b"video/mp4", b"base64"),
    "quoted-printable": lambda: body(b"=" * 10 * MEGABYTE, encoding=b"quoted-printable"),
    "soft line ends": lambda: body(b"=\r\n" * 5_000_000, encoding=b"quoted-printable"),
    "uuencode": lambda: body(b"begin 644 a\r\n" * 300_000),
    "uuencode without an end": lambda: body(b"begin 644 a\r\n" + b"M" + b"A" * 60 + b"\r\n" * 2_000_000),
    "yenc": lambda: body(b"=ybegin line=128 size=1 name=a\r\n" * 200_000),
    "delivery report": lambda: body(
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
        + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.0.0\r\n\r\n" * 50_000,
        b"multipart/report; report-type=delivery-status; boundary=b",
    ),
    "winmail of rubbish": lambda: attached(
        b"winmail.dat", b"\x78\x9f\x3e\x22" + b"\xff" * 5 * MEGABYTE, b"application/ms-tnef"
    ),
    "DER without an end": lambda: attached(b"smime.p7m", b"\x30\x80" * MEGABYTE, b"application/pkcs7-mime"),
    "DER in one another": lambda: attached(
        b"smime.p7s", b"\x30\x82\xff\xff" * 100_000, b"application/pkcs7-signature"
    ),
    "signed parts": lambda: body(
        b"--b\r\n\r\nx\r\n" * 900, b'multipart/signed; boundary=b; protocol="application/pgp-signature"'
    ),
    "encoded mail of a hundred thousand parts": lambda: enclosed(parts(100_000)),
    "encoded mail of messages ten thousand deep": lambda: enclosed(forwarded(10_000)),
    "encoded mail of twenty million lines": lambda: enclosed(b"Subject: x\n\n" + b"\n" * 20_000_000),
    "parts behind an undeclared boundary": lambda: (
        HEADER + b"Content-Type: multipart/mixed\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000
    ),
    "long delivery report": lambda: body(
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + REPORTED * 120_000,
        b"multipart/report; report-type=delivery-status; boundary=b",
    ),
    "delimiters that are none": lambda: multipart(b"\r\n" + b"--bx\r\n" * 500_000),
    "pages to choose from": lambda: multipart(*[entity(b"text/html", PAGE)] * 30, kind=b"alternative"),
    "pages of many mails": lambda: multipart(
        *[entity(b"message/rfc822", b"Content-Type: text/html\r\n\r\n" + PAGE)] * 30
    ),
    "texts of one mail": lambda: multipart(*[entity(b"text/plain", b"Please remove.\r\n" * 2_000)] * 900),
    "files with long names": lambda: multipart(*[entity(b"video/mp4", b"x", name=b"a" * 5_000)] * 990),
    "parameters of many parts": lambda: multipart(*[entity(b"text/plain" + b"; a=b" * 1_000, b"x")] * 900),
    "base64 in many parts": lambda: multipart(*[entity(b"text/plain", b"QUJD" * 19 * 900)] * 400),
    "base64 beside a NUL": lambda: attached(b"film.mp4", b"\x00\x01" * 12 * MEGABYTE) + b"\x00",
    "too large": lambda: body(b"a" * 36 * MEGABYTE),
}
TEXTS: Bombs = {
    "one line of 30 MB": lambda: body(b"a" * 30 * MEGABYTE),
    "one line of words": lambda: body(b"please remove this " * 500_000),
    "line ends": lambda: body(b"\r\n" * 10_000_000),
    "blanks": lambda: body(b" " * 20 * MEGABYTE),
    "blank lines of blanks": lambda: body((b" " * 300 + b"\r\n") * 50_000),
    "quotes ever deeper": lambda: body(quotes(50_000)),
    "quotation marks only": lambda: body(b">" * 10 * MEGABYTE),
    "attributions": lambda: body(b"On Mon, 2 Nov 2026, Bob wrote:\r\n" * 100_000),
    "original messages": lambda: body(
        b"-----Original Message-----\r\nFrom: a\r\nSent: b\r\nTo: c\r\n\r\n" * 50_000
    ),
    "signatures": lambda: body(b"-- \r\nAlice\r\n" * 300_000),
    "links": lambda: body(b"https://" * 1_000_000),
    "defanged links": lambda: body(b"hxxp[:]//a[.]b(dot)c/ " * 200_000),
    "links of one host": lambda: body(b"https://clipora.example/@a/video/7000000000000000001\r\n" * 100_000),
    "safe links": lambda: body(
        b"https://a.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa%2F" + b"%2525" * 200_000
    ),
    "handles": lambda: body(b"@a " * 1_000_000),
    "hashtags": lambda: body(b"#" * 5_000_000),
    "digits": lambda: body(b"7" * 10 * MEGABYTE),
    "deadlines": lambda: body(b"within 24 hours or by 3 November 2026 at 17:00. " * 100_000),
    "deadline words": lambda: body(b"within within within " * 200_000),
    "case numbers": lambda: body(b"Case No: Ref: Dosya No: " * 200_000),
    "combining marks": lambda: body("e\u0301".encode() + "\u0301".encode() * 2_000_000),
    "zero-width characters": lambda: body("\u200b".encode() * 3_000_000),
    "directions": lambda: body("\u202e".encode() * 2_000_000),
    "NUL": lambda: body(b"\x00" * 10 * MEGABYTE),
    "UTF-7": lambda: body(b"+2AA-" * 1_000_000, b"text/plain; charset=utf-7"),
    "escape sequences": lambda: body(b"\x1b$B\x1b(B" * 1_000_000, b"text/plain; charset=iso-2022-jp"),
    "hz": lambda: body(b"~{~}" * 1_000_000, b"text/plain; charset=hz-gb-2312"),
    "no charset": lambda: body(bytes(range(128, 256)) * 50_000, b"text/plain"),
    "flowed": lambda: body(b"a \r\n" * 1_000_000, b"text/plain; format=flowed; delsp=yes"),
    "pgp": lambda: body(b"-----BEGIN PGP SIGNED MESSAGE-----\n" * 200_000),
    "eight-bit letters on one line": lambda: body(
        b"\xe4\xf6 " * 11 * MEGABYTE, b"text/plain; charset=iso-8859-1"
    ),
    "eight-bit letters on short lines": lambda: body(letters(), b"text/plain; charset=iso-8859-1"),
    "eight-bit letters between almost delimiters": lambda: body(
        letters().replace(b"\r\n", b"\r\n-- x\r\n", 30_000), b"text/plain; charset=iso-8859-1"
    ),
    "eight-bit letters in an untyped part": lambda: multipart(
        b"\r\nOrder:" + letters().replace(b"\r\n", b" ")
    ),
    "eight-bit letters in an encoded mail": lambda: enclosed(
        body(letters()[: 24 * MEGABYTE], b"text/plain; charset=iso-8859-1")
    ),
    "eight-bit file": lambda: multipart(
        entity(b"application/octet-stream", bytes(range(1, 256)) * (33 * MEGABYTE // 255), name=b"a")
    ),
    "beginnings of encoded words": lambda: body(b"=?" * 16 * MEGABYTE),
    "lines that look like fields": lambda: body(
        b"".join(DATED % (n, n % 28, n % 60, n, n) for n in range(9_999))
    ),
    "almost addresses": lambda: body((b"a@" * 195 + b":\r\n") * 2_000),
    "addresses behind a gateway": lambda: body(b"/v3/__" * 200_000),
    "enriched text": lambda: body(b"<" * 5_000_000, b"text/enriched"),
    "calendar": lambda: body(b"BEGIN:VEVENT\r\n" * 300_000, b"text/calendar"),
}
PAGES: Bombs = {
    "elements a million deep": lambda: html(b"<div>" * 1_000_000),
    "elements ten thousand deep": lambda: html(b"<div>" * 10_000 + b"text" + b"</div>" * 10_000),
    "inline elements deep": lambda: html(b"<b><i>" * 200_000),
    "links in one another": lambda: html(b"<a href=x>" * 300_000),
    "quotes in one another": lambda: html(b"<blockquote>" * 100_000 + b"text"),
    "tables in one another": lambda: html(b"<table><tr><td>" * 100_000),
    "formatting reopened": lambda: html(b"<p><font size=1>" * 100_000),
    "attributes": lambda: html(b"<p " + b" ".join(b"a%d=1" % n for n in range(300_000)) + b">text"),
    "attributes of many elements": lambda: html((b"<p " + b"a=b " * 500 + b">") * 2_000),
    "attribute without an end": lambda: html(b'<p title="' + b"a" * 10 * MEGABYTE),
    "tags without an end": lambda: html(b"<" * 10 * MEGABYTE),
    "comments without an end": lambda: html(b"<!--" * 2_000_000),
    "scripts without an end": lambda: html(b"<script>" * 1_000_000),
    "entities": lambda: html(b"&amp;" * 2_000_000),
    "entities without an end": lambda: html(b"&" * 10 * MEGABYTE),
    "styles": lambda: html(b'<p style="' + b"color: red; " * 500_000 + b'">text'),
    "fonts": lambda: html((b'<p style="' + b";font:" * 330 + b'">x') * 490),
    "style sheet without an end": lambda: html(b"<style>" + (b"a" * 499 + b"{" + b"b" * 1_999) * 500),
    "numeric entities": lambda: html(b"&#x41;" * 1_000_000),
    "attribute of 10 MB": lambda: html(b'<a href="' + b"x" * 10 * MEGABYTE + b'">a</a>'),
    "links on one line": lambda: html(b"<a href=http://a>x</a>" * 45_000),
    "style sheet": lambda: html(b"<style>" + b"a{b:c}" * 1_000_000 + b"</style>text"),
    "many cells": lambda: html(b"<table>" + b"<tr><td>a<td>b" * 200_000),
    "many lines": lambda: html(b"a<br>" * 1_000_000),
    "preformatted": lambda: html(b"<pre>" + b"a\n" * 2_000_000),
    "page of 10 MB": lambda: html(b"<p>Please remove this.</p>" * 400_000),
}
FILES: Bombs = {
    "zip of 200 MB of zeros": lambda: attached(b"a.zip", zipped({"a.txt": bytes(200 * MEGABYTE)})),
    "zip of sixty thousand files": lambda: attached(
        b"a.zip", zipped({f"{n}.txt": b"" for n in range(60_000)})
    ),
    "zip in zip": lambda: attached(b"a.zip", zipped_again(4)),
    "zip cut off": lambda: attached(b"a.zip", zipped({"a.txt": bytes(MEGABYTE)})[:-30]),
    "gzip of 200 MB of zeros": lambda: attached(b"a.gz", gzip.compress(bytes(200 * MEGABYTE))),
    "tar of fifty thousand files": lambda: attached(b"a.tar.gz", tarred(50_000)),
    "ZIP files side by side": lambda: multipart(
        *[entity(b"application/zip", zipped({f"{n}.txt": b"" for n in range(2_000)}), name=b"a.zip")] * 60
    ),
    "zip of pages": lambda: attached(b"a.zip", zipped({f"{n}.html": PAGE for n in range(40)})),
    "zip of JSON": lambda: attached(
        b"a.zip", zipped({f"{n}.json": b'{"a":[' + b'{"b":1},' * 90_000 + b"1]}" for n in range(40)})
    ),
    "zip of letters": lambda: attached(
        b"a.zip",
        zipped({f"{n}.docx": letter(b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 30_000) for n in range(40)}),
    ),
    "documents of limits": lambda: multipart(
        *[entity(b"text/plain", b"by 3 Nov 2026 17:00 UTC, within 2 days " * 500, name=b"a.txt")] * 20
    ),
    "letter of empty paragraphs": lambda: attached(b"a.docx", letter(b"<w:p/>" * 1_900_000)),
    "spreadsheet of empty cells": lambda: attached(
        b"a.xlsx", spreadsheet((b"<row>" + b"<c/>" * 90 + b"</row>") * 7_500)
    ),
    "RTF of empty groups": lambda: attached(b"a.rtf", b"{\\rtf1" + b"{}" * 3_000_000, b"application/rtf"),
    "laughs in XML": lambda: attached(b"a.xml", LAUGHS, b"application/xml"),
    "laughs in SVG": lambda: attached(b"a.svg", LAUGHS, b"image/svg+xml"),
    "laughs in a letter": lambda: attached(
        b"a.docx", office("word/document.xml", LAUGHS, "wordprocessingml.document.main+xml")
    ),
    "laughs in a spreadsheet": lambda: attached(
        b"a.xlsx", office("xl/workbook.xml", LAUGHS, "spreadsheetml.sheet.main+xml")
    ),
    "laughs in an open letter": lambda: attached(
        b"a.odt", zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": LAUGHS})
    ),
    "letter of 200 MB": lambda: attached(
        b"a.docx",
        office(
            "word/document.xml",
            b"<w:document>" + b"<w:p/>" * (30 * MEGABYTE) + b"</w:document>",
            "wordprocessingml.document.main+xml",
        ),
    ),
    "XML a hundred thousand deep": lambda: attached(b"a.xml", b"<a>" * 100_000, b"application/xml"),
    "JSON a hundred thousand deep": lambda: attached(b"a.json", b"[" * 100_000, b"application/json"),
    "JSON of a long number": lambda: attached(b"a.json", b"9" * 1_000_000, b"application/json"),
    "CSV of 8 MB": lambda: attached(b"a.csv", b"a,b,c\r\n" * 1_000_000, b"text/csv"),
    "RTF a million deep": lambda: attached(b"a.rtf", b"{\\rtf1" + b"{" * 1_000_000, b"application/rtf"),
    "PDF whose pages hold themselves": lambda: attached(
        b"a.pdf", pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>")
    ),
    "PDF whose table points to itself": lambda: attached(
        b"a.pdf", pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]>>", trailer=b"/Prev 9")
    ),
    "PDF of endless arrays": lambda: attached(b"a.pdf", pdf(b"[" * 200_000)),
    "PDF of 200 MB": lambda: attached(b"a.pdf", pdf_page(b" " * 200 * MEGABYTE)),
    "PDF of many operators": lambda: attached(b"a.pdf", pdf_page(b"BT (a) Tj ET " * 500_000)),
    "PDF without a table": lambda: attached(b"a.pdf", b"%PDF-1.7\n" + b"1 0 obj\n" * 500_000),
    "mail in a mail": lambda: attached(b"a.eml", html(b"<div>" * 500_000), b"message/rfc822"),
}
BOMBS: Bombs = HEADERS | STRUCTURES | TEXTS | PAGES | FILES
LIKE_ANOTHER = {
    "base64 in many parts": "base64 of 34 MB",
    "base64 of rubbish": "base64 of 34 MB",
    "base64 on one line": "base64 of 34 MB",
    "deadlines": "deadline words",
    "eight-bit letters between almost delimiters": "eight-bit letters on short lines",
    "eight-bit letters in an encoded mail": "eight-bit letters on short lines",
    "eight-bit letters in an untyped part": "eight-bit letters on one line",
    "entities without an end": "entities",
    "links of one host": "links",
    "one line of 30 MB": "one line of words",
    "pages to choose from": "pages of many mails",
    "styles": "fonts",
    "tags without an end": "comments without an end",
    "yenc": "uuencode",
    "zip of JSON": "zip of letters",
    "zip of pages": "zip of letters",
}
"""What takes long to read, and the bomb of the same kind that is met whenever tests are run."""
