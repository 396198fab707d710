import pytest

from adapter.fhir import narrative

OPEN = '<div xmlns="http://www.w3.org/1999/xhtml">'


def test_outermost_divs_are_cut_out_in_order():
    text = f"<a>{OPEN}1<div>2</div></div><!-- <div> --><b><div/></b><![CDATA[<div>]]></a>"
    assert narrative.divs(text) == [f"{OPEN}1<div>2</div></div>", "<div/>"]


def test_a_bracket_in_an_attribute_ends_no_tag():
    assert narrative.divs('<a><div title="a > b">x</div></a>') == ['<div title="a > b">x</div>']


def test_names_of_characters_become_references():
    assert narrative.well_formed(f"{OPEN}a&nbsp;&amp;&eacute;</div>") == f"{OPEN}a&#160;&amp;&#233;</div>"


@pytest.mark.parametrize(
    "div",
    [
        "text",
        "<div>a</div>",
        f"{OPEN}<b></div>",
        f"{OPEN}</div><script/>",
        f"<!DOCTYPE div>{OPEN}</div>",
        f"{OPEN}&unknown;</div>",
        '<p xmlns="http://www.w3.org/1999/xhtml"/>',
        "",
    ],
)
def test_what_cannot_stand_in_xml_is_refused(div):
    with pytest.raises(ValueError, match="narrative"):
        narrative.well_formed(div)


def test_a_div_that_uses_a_prefix_of_its_document_does_not_stand_alone():
    assert narrative.stands_alone(f"{OPEN}a: b</div>", [None, "xsi"])
    assert not narrative.stands_alone(f"{OPEN}<x:b/></div>", [None, "x"])
    assert not narrative.stands_alone("<div>a</div>", [None])
