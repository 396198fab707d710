import io

import pytest

from adapter.files.flaw import Flaw
from adapter.files.xml import read_xml

NS = 'xmlns="http://hl7.org/fhir"'


def resources(text: str) -> list[tuple[int, bytes | Flaw]]:
    return list(read_xml(io.BytesIO(text.encode())))


def test_a_resource_alone_is_given_whole() -> None:
    ((line, raw),) = resources(f"<Patient {NS}>\n<id value='a'/></Patient>")
    assert line == 1
    assert isinstance(raw, bytes)
    assert raw.startswith(b"<Patient")


def test_a_bundle_is_split_into_the_resources_of_its_entries() -> None:
    entries = "".join(f"\n<entry><resource><Patient><id value='{n}'/></Patient></resource></entry>" for n in range(3))
    found = resources(f"<Bundle {NS}><type value='collection'/>{entries}</Bundle>")
    assert [line for line, _ in found] == [2, 3, 4]
    assert all(b"<Patient" in raw for _, raw in found if isinstance(raw, bytes))


def test_an_xml_file_that_was_cut_off_gives_what_was_whole_and_says_so() -> None:
    found = resources(f"<Bundle {NS}><entry><resource><Patient/></resource></entry><entry><resource>")
    assert isinstance(found[0][1], bytes)
    assert isinstance(found[1][1], Flaw)


@pytest.mark.parametrize(
    "doctype",
    ["<!DOCTYPE x>", '<!DOCTYPE x [<!ENTITY a "b">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">'],
)
def test_a_doctype_is_refused(doctype: str) -> None:
    ((_, flaw),) = resources(f"{doctype}<Patient {NS}/>")
    assert isinstance(flaw, Flaw)
    assert "DOCTYPE" in flaw.why


def test_an_element_that_is_too_large_is_not_read_to_its_end() -> None:
    class Endless(io.RawIOBase):
        read = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            text = f"<Patient {NS}><text>".encode() if self.read == 0 else b"x" * min(len(buffer), 1 << 16)
            buffer[: len(text)] = text
            self.read += len(text)
            return len(text)

    endless = Endless()
    ((_, flaw),) = read_xml(io.BufferedReader(endless))
    assert isinstance(flaw, Flaw)
    assert "one element is larger than 16 MB" in flaw.why
    assert endless.read < 20 << 20


def test_many_entries_are_more_than_one_element_may_be() -> None:
    entry = f"<entry><resource><Patient><id value='{'x' * 9000}'/></Patient></resource></entry>"
    found = resources(f"<Bundle {NS}>{entry * 2000}</Bundle>")
    assert (len(found), sum(isinstance(each, Flaw) for _, each in found)) == (2000, 0)
