from __future__ import annotations

from pathlib import Path

import pytest

from adapter.api.config import Config, is_loopback
from adapter.errors import UsageError


def test_nothing_set_is_closed_on_loopback() -> None:
    config = Config.from_environ({})
    assert (config.host, config.port, config.open_demo) == ("127.0.0.1", 8000, False)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", ""])
def test_the_open_demo_refuses_to_start_beyond_loopback(host: str) -> None:
    with pytest.raises(UsageError, match="loopback"):
        Config(open_demo=True, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"])
def test_loopback_has_several_names(host: str) -> None:
    assert is_loopback(host)
    assert Config(open_demo=True, host=host).open_demo


@pytest.mark.parametrize("value", ["yes", "true", "on", " 1"])
def test_only_1_opens_the_demo_and_what_is_neither_1_nor_0_is_told(value: str) -> None:
    assert Config.from_environ({"CRFHIR_OPEN_DEMO": "1"}).open_demo
    assert not Config.from_environ({"CRFHIR_OPEN_DEMO": "0"}).open_demo
    with pytest.raises(UsageError, match="CRFHIR_OPEN_DEMO is 1 or 0"):
        Config.from_environ({"CRFHIR_OPEN_DEMO": value})


@pytest.mark.parametrize("port", ["x", "-1", "65536", "８０"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    with pytest.raises(UsageError, match="PORT"):
        Config.from_environ({"PORT": port})


@pytest.mark.parametrize(
    ("variable", "given"),
    [("CRFHIR_ARRIVAL_SECONDS", "0"), ("CRFHIR_ARRIVAL_SECONDS", "61"), ("CRFHIR_PUSHES_AT_ONCE", "0")],
)
def test_a_limit_that_would_shut_everybody_out_or_in_is_told(variable: str, given: str) -> None:
    with pytest.raises(UsageError, match=f"{variable} is a number from 1"):
        Config.from_environ({variable: given})


def test_the_base_is_configured_or_made_of_host_and_port() -> None:
    assert Config.from_environ({"CRFHIR_BASE_URL": "https://x.example/"}).base_url == "https://x.example"
    assert Config(host="::1", port=9).base_url == "http://[::1]:9"


def test_a_file_settles_what_the_environment_leaves_open(tmp_path: Path) -> None:
    file = tmp_path / "crfhir.toml"
    file.write_text('port = 9000\nlog = "json"\nbase = "https://x.example/"\nopen_demo = true\n')
    config = Config.from_environ({"CRFHIR_CONFIG": str(file), "PORT": "9001"})
    assert (config.port, config.log, config.base_url, config.open_demo) == (9001, "json", "https://x.example", True)


def test_every_fault_of_file_and_environment_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "crfhir.toml"
    file.write_text('prot = 9000\nlog = "loud"\nlargest_body = "many"\n')
    with pytest.raises(UsageError) as told:
        Config.from_environ({"CRFHIR_CONFIG": str(file), "PORT": "x", "CRFHIR_TLS_KEY": "/no/such.pem"})
    text = str(told.value)
    assert "did you mean port?" in text
    assert "one of json, text, off, not 'loud'" in text
    assert f"largest_body of {file} is a number" in text
    assert "PORT is a number from 0 to 65535, not 'x'" in text
    assert "CRFHIR_TLS_KEY is a file that is there" in text


def test_what_a_file_says_is_judged_even_where_the_environment_is_stronger(tmp_path: Path) -> None:
    file = tmp_path / "crfhir.toml"
    file.write_text('log = "loud"\nhost = ""\nopen_demo = "yes"\nworkers = 0\n')
    with pytest.raises(UsageError) as told:
        Config.from_environ({"CRFHIR_CONFIG": str(file), "CRFHIR_LOG": "json", "HOST": "127.0.0.1"})
    assert [line.split(" of ")[0] for line in sorted(str(told.value).splitlines())] == [
        "host",
        "log",
        "open_demo",
        "workers",
    ]


def test_a_verb_reads_the_settings_that_it_needs_alone(tmp_path: Path) -> None:
    file = tmp_path / "crfhir.toml"
    file.write_text('database = "sqlite:///x.db"\nkey_file = "key"\ntls_key = "not/here.pem"\n')
    config = Config.from_environ({"CRFHIR_CONFIG": str(file), "PORT": "x"}, only=("database", "key_file"))
    assert (config.database, config.key_file) == ("sqlite:///x.db", "key")


@pytest.mark.parametrize(("content", "said"), [(b"port = ", "no TOML"), (b"\xff", "no TOML"), (None, "cannot be read")])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "crfhir.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        Config.from_environ({"CRFHIR_CONFIG": str(file)})


def test_tls_needs_both_of_its_files(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.touch()
    with pytest.raises(UsageError, match="needs both"):
        Config.from_environ({"CRFHIR_TLS_KEY": str(key)})
    config = Config.from_environ({"CRFHIR_TLS_KEY": str(key), "CRFHIR_TLS_CERTIFICATE": str(key)})
    assert config.base_url == "https://127.0.0.1:8000"


@pytest.mark.parametrize("base", ["x.example", "https://x.example/?a", "ftp://x.example"])
def test_a_base_that_is_no_url_is_told(base: str) -> None:
    with pytest.raises(UsageError, match="CRFHIR_BASE_URL is a URL"):
        Config.from_environ({"CRFHIR_BASE_URL": base})
