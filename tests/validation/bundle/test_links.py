from __future__ import annotations

import pytest

from adapter.validation.bundle.links import PAGED, PAGES, check_links


def found(type_: str, *relations: str) -> list[str]:
    links = [{"relation": each, "url": "http://example.org"} for each in relations]
    return [each.path for each in check_links({"type": type_, "link": links})]


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_those_of_a_search(page: str) -> None:
    assert [found(type_, page) for type_ in PAGED] == [[], []]
    assert found("collection", page) == found("transaction-response", page) == [".link[0].relation"]


def test_a_page_and_the_bundle_itself_are_linked_once() -> None:
    assert found("searchset", "self", "next", "self", "next") == [".link[2]", ".link[3]"]


def test_other_links_are_free() -> None:
    assert found("document", "stylesheet", "stylesheet", "alternate", "self") == []
