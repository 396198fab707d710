"""README.md shows a push, its receipt, the same push again, a broken one and its quarantine: its commands are sent."""

from __future__ import annotations

import re
import shlex
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit

from flask.testing import FlaskClient

README = Path(__file__).parents[2] / "README.md"
SHOWN = re.compile(r"```sh\n(?P<command>curl .*?)\n```\n```text\n(?P<answer>.*?)```", re.DOTALL)
TAKING = ("-u", "-H", "-d")


def sent(client: FlaskClient, command: str) -> str:
    """What a curl command prints."""
    given: dict[str, list[str]] = {name: [] for name in TAKING}
    words, url = iter(shlex.split(command)[1:]), ""
    for word in words:
        if word in given:
            given[word].append(next(words))
        elif not word.startswith("-"):
            url = word
    headers = dict(header.split(": ", 1) for header in given["-H"])
    if given["-u"]:
        headers["Authorization"] = f"Basic {b64encode(given['-u'][0].encode()).decode()}"
    body = given["-d"][0].encode() if given["-d"] else None
    asked = urlsplit(url)
    answered = client.open(f"{asked.path}?{asked.query}", method="POST" if body else "GET", headers=headers, data=body)
    return answered.text.rstrip("\n") + "\n"


def anew(client: FlaskClient, text: str) -> str:
    """The document with the answers that its commands have now."""

    def again(match: re.Match[str]) -> str:
        return f"```sh\n{match['command']}\n```\n```text\n{sent(client, match['command'])}```"

    return SHOWN.sub(again, text)


def test_the_pushes_of_the_readme_are_answered_as_it_shows(client: FlaskClient) -> None:
    text = README.read_text(encoding="utf-8")
    assert len(SHOWN.findall(text)) == 5
    assert anew(client, text) == text
