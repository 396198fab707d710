"""What is sent to a socket that is no honest request, and what may be answered to it."""

from __future__ import annotations

import gzip
from typing import NamedTuple

RECORD = b'{"subject":"09-009","date":"2025-04-01"}'
"""What an attack would have stored: nobody may find it afterwards."""

HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST /crf/diary HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
GET = b"GET /fhir/metadata HTTP/1.1\r\n" + HOST
LENGTH = b"Content-Length: %d\r\n" % len(RECORD)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
IN_CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(RECORD), RECORD)
SMUGGLED = POST + LENGTH + b"\r\n" + RECORD
"""A whole push, where what is before it ends too early for one of two readers."""

BOMB = gzip.compress(b" " * 50_000_000)


class SocketAttack(NamedTuple):
    """Octets, and the status that is answered to them; 0 for a connection that is closed without a word."""

    name: str
    sent: bytes
    status: int

    def __str__(self) -> str:
        return self.name


def posted(name: str, headers: bytes, body: bytes, status: int = 400) -> SocketAttack:
    return SocketAttack(name, POST + headers + b"\r\n" + body + SMUGGLED, status)


def got(name: str, headers: bytes, status: int = 400) -> SocketAttack:
    return SocketAttack(name, GET + headers + b"\r\n", status)


ATTACKS = [
    # Where does the body end?
    posted("both lengths", LENGTH + CHUNKED, b"0\r\n\r\n"),
    posted("both lengths, the other way round", CHUNKED + LENGTH, b"0\r\n\r\n"),
    posted("two lengths", LENGTH + b"Content-Length: 5\r\n", RECORD),
    posted("a list of lengths", b"Content-Length: 40, 40\r\n", RECORD),
    posted("a length with a sign", b"Content-Length: +40\r\n", RECORD),
    posted("a length below zero", b"Content-Length: -40\r\n", RECORD),
    posted("a length in hex", b"Content-Length: 0x28\r\n", RECORD),
    posted("a length beyond 64 bits", b"Content-Length: 99999999999999999999999\r\n", RECORD),
    posted("a length beyond what is taken", b"Content-Length: 9999999999\r\n", RECORD, 413),
    posted("the same, asked for first", b"Content-Length: 9999999999\r\nExpect: 100-continue\r\n", b"", 413),
    posted("chunked twice", CHUNKED + CHUNKED, IN_CHUNKS),
    posted("chunked, and before it something", b"Transfer-Encoding: identity, chunked\r\n", IN_CHUNKS),
    posted("chunked, and after it something", b"Transfer-Encoding: chunked, identity\r\n", IN_CHUNKS),
    posted("nearly chunked", b"Transfer-Encoding: xchunked\r\n", IN_CHUNKS),
    posted("chunked, with a blank before the colon", b"Transfer-Encoding : chunked\r\n", IN_CHUNKS),
    posted("a chunk of no size", CHUNKED, b"zz\r\n" + RECORD + b"\r\n0\r\n\r\n"),
    posted("a chunk of less than nothing", CHUNKED, b"-1\r\n" + RECORD + b"\r\n0\r\n\r\n"),
    posted("a chunk beyond 64 bits", CHUNKED, b"fffffffffffffffff\r\n" + RECORD + b"\r\n0\r\n\r\n"),
    posted("a chunk longer than it says", CHUNKED, b"5\r\n" + RECORD + b"\r\n0\r\n\r\n"),
    posted("a chunk that says much", CHUNKED, b"28;x=" + b"x" * 20_000 + b"\r\n" + RECORD + b"\r\n0\r\n\r\n"),
    posted("chunks with half line ends", CHUNKED, IN_CHUNKS.replace(b"\r\n", b"\n")),
    SocketAttack("chunks in HTTP/1.0", POST.replace(b"1.1", b"1.0", 1) + CHUNKED + b"\r\n" + IN_CHUNKS, 400),
    posted(
        "a gzip bomb", b"Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: %d\r\n" % len(BOMB), BOMB, 413
    ),
    # Headers that are none, or too many.
    got("a folded header", b"X: a\r\n b\r\n"),
    got("NUL in a header", b"X: a\0b\r\n"),
    got("a bare CR in a header", b"X: a\rb\r\n"),
    got("a header without a name", b": a\r\n"),
    got("a header without a colon", b"X\r\n"),
    got("a blank in a name", b"X Y: a\r\n"),
    got("many headers", b"".join(b"X-%d: a\r\n" % number for number in range(5000)), 431),
    got("a long header", b"X: " + b"a" * 1_000_000 + b"\r\n", 431),
    SocketAttack(
        "a long address", b"GET /fhir/Patient?_id=" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431
    ),
    SocketAttack("a control character in the address", b"GET /fhir/Patient/\x01 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    # What is no HTTP/1.1.
    SocketAttack("HTTP/0.9", b"GET /fhir/metadata\r\n", 400),
    SocketAttack("HTTP/1.2", b"GET /fhir/metadata HTTP/1.2\r\n" + HOST + b"\r\n", 400),
    SocketAttack("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0", 0),
    SocketAttack("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100, 400),
    SocketAttack("nothing but NUL", b"\0" * 1000, 400),
    got("a web socket", b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"),
    SocketAttack("a tunnel", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", 403),
    SocketAttack("an echo", GET.replace(b"GET", b"TRACE", 1) + b"\r\n", 405),
    # Whose server is this?
    SocketAttack("no host", b"GET /fhir/metadata HTTP/1.1\r\n\r\n", 403),
    SocketAttack("an empty host", b"GET /fhir/metadata HTTP/1.1\r\nHost:\r\n\r\n", 403),
    SocketAttack("a host of elsewhere", b"GET /fhir/metadata HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
    SocketAttack("two hosts", b"GET /fhir/metadata HTTP/1.1\r\nHost: evil.example\r\n" + HOST + b"\r\n", 403),
    SocketAttack("two slashes", b"GET /fhir//metadata HTTP/1.1\r\nHost: localhost:1\r\n\r\n", 404),
    SocketAttack("a host that is none", b"GET /fhir/metadata HTTP/1.1\r\nHost: [\r\n\r\n", 403),
    SocketAttack("a name before the host", b"GET /fhir/metadata HTTP/1.1\r\nHost: 127.0.0.1@evil.example\r\n\r\n", 403),
]

SLOW = {
    "nothing at all": (b"", b""),
    "headers that stop": (GET, b""),
    "headers that trickle": (GET, b"X: a\r\n"),
    "a body that stops": (POST + LENGTH + b"\r\n" + RECORD[:-1], b""),
    "a body that trickles": (POST + b"Content-Length: 10000\r\n\r\n", b" "),
    "a chunk that stops": (POST + CHUNKED + b"\r\n28\r\n" + RECORD[:-1], b""),
    "chunks that trickle": (POST + CHUNKED + b"\r\n", b"1\r\n \r\n"),
    "a body that is announced": (POST + LENGTH + b"Expect: 100-continue\r\n\r\n", b""),
}
"""What is sent first, and then again and again."""

FORGED = [
    b"X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Prefix: /evil\r\n",
    b"Forwarded: host=evil.example;proto=https\r\n",
    b"X-Original-URL: http://evil.example/\r\nX-Rewrite-URL: /evil\r\n",
]
