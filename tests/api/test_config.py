from __future__ import annotations

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


@pytest.mark.parametrize("value", ["yes", "true", "0", " 1"])
def test_only_1_opens_the_demo(value: str) -> None:
    assert not Config.from_environ({"CRFHIR_OPEN_DEMO": value}).open_demo


@pytest.mark.parametrize("port", ["x", "-1", "65536", "８０"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    with pytest.raises(UsageError, match="PORT"):
        Config.from_environ({"PORT": port})


def test_the_base_is_configured_or_made_of_host_and_port() -> None:
    assert Config.from_environ({"CRFHIR_BASE_URL": "https://x.example/"}).base_url == "https://x.example"
    assert Config(host="::1", port=9).base_url == "http://[::1]:9"
