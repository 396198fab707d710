"""Who sends: the system or person whose push it is, and the site whose subjects it may write."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from adapter.crf.study import Study
from adapter.outcome import Issue

if TYPE_CHECKING:
    from adapter.intake.shapes import Draft


LONGEST = 128
"""Characters of a sender's name."""


@dataclass(frozen=True, slots=True)
class Sender:
    """One sender. `site` None: it may write the subjects of every site, and no site's words or links are its own.

    `person`: a human, who must say why a value changes; a machine's changes carry 'changed at source'.
    """

    name: str
    site: str | None = None
    person: bool = False


def site_of_name(name: str, sites: Container[str]) -> str | None:
    """The site of a sender by its name: `03/epic` is a system of site 03, if there is one; None for any other name."""
    site, slash, _ = name.partition("/")
    return site if slash and site in sites else None


def named(name: str, sites: Container[str]) -> Sender:
    """The sender of this name."""
    return Sender(name, site_of_name(name, sites))


def no_name(name: str, sites: Container[str]) -> str | None:
    """Why nobody can send under this name; None where one can. A site's name that is misspelt is not the house's."""
    if not name.strip() or len(name) > LONGEST or not name.isprintable():
        return f"A sender's name has 1 to {LONGEST} characters, all of them printable."
    if "/" in name and site_of_name(name, sites) is None:
        return "What stands before the slash of a sender's name is its site, and the study has no such site."
    return None


def site_of_subject(study: Study, subject: str) -> str | None:
    """The site whose subject this is, as study.yaml's `subject_of_site` says; None where it does not.

    `subject_of_site: "{site}-"`: a subject's number begins with its site's.
    """
    begins = study.facts.get("subject_of_site")
    if not isinstance(begins, str):
        return None
    return next((site for site in study.sites if subject.startswith(begins.replace("{site}", site))), None)


def elsewhere(study: Study, sender: Sender, draft: Draft) -> Issue | None:
    """The issue of a record that is not of the sender's site; the same whether or not there is such a subject."""
    key = draft.key
    if may_write(study, sender, key.subject):
        return None
    return no_such_subject(sender, Issue("error", "not-found", "", form=key.form, place=draft.place))


def no_such_subject(sender: Sender, issue: Issue) -> Issue:
    """The issue, saying that its subject is not of the sender's site."""
    text = f"There is no such subject at site {sender.site}: a hospital sends its own subjects' records alone."
    return replace(issue, diagnostics=text, key="site")


def may_write(study: Study, sender: Sender, subject: str | None) -> bool:
    """True if the sender may write what belongs to this subject (None: to no subject)."""
    return sender.site is None or (subject is not None and site_of_subject(study, subject) == sender.site)


def subjects_of(study: Study, site: str) -> str | None:
    """What the numbers of a site's subjects begin with; None where the study has no such site, or does not say."""
    begins = study.facts.get("subject_of_site")
    return begins.replace("{site}", site) if isinstance(begins, str) and site in study.sites else None
