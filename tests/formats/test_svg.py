"""SVG pictures keep what they draw, and nothing that could run, load or link."""

import re
from base64 import b64encode
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lti_tool import formats
from lti_tool.exam import Asset, parse_exam
from lti_tool.formats.writing.svg import MAX_BYTES, safe_drawing
from tests.support.exam_builders import exam, question

NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HARMLESS = [
    '<rect width="4" height="3" fill="#dbeafe" style="stroke: url(#a)"/>',
    "<style>.a > b { fill: red; stroke: url('#g') }</style>",
    '<text x="1" xml:space="preserve">a &lt; b <tspan>&amp;</tspan> c</text>',
    '<defs><linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient></defs>',
    '<use href="#a"/><use xlink:href="#a"/>',
    '<image href="data:image/png;base64,AAAA" width="4"/>',
    '<filter id="f"><feGaussianBlur stdDeviation="1"/></filter><g filter="url(#f)"/>',
]
UNSEEN = [
    "<script>alert(1)</script>",
    '<g onclick="alert(1)" ONLOAD="alert(1)"/>',
    '<!-- alert(1) --><?xml-stylesheet href="https://evil.example/x.css"?>',
    '<metadata>alert(1)</metadata><i:alert xmlns:i="urn:editor" i:alert="1"/>',
    '<a href="javascript:alert(1)"><text>a</text></a>',
]
SEEN = [
    '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml" onclick="alert(1)">x</p></foreignObject>',
    '<image href="https://evil.example/x.png"/>',
    '<use href="//evil.example/x.svg#a"/>',
    '<use xlink:href="javascript:alert(1)"/>',
    '<image href="data:image/svg+xml,%3Csvg onload=alert(1)%3E"/>',
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>a { background: url(https://evil.example/x) }</style>",
    "<style>a { background: image-set('https://evil.example/x' 1x) }</style>",
    '<rect fill="url( //evil.example/x#a)"/>',
    r'<rect style="fill: u\72l(//evil.example/x)"/>',
    '<animate attributeName="href" to="javascript:alert(1)"/>',
    '<set attributeName="onclick" to="alert(1)"/>',
    '<iframe src="https://evil.example"/>',
]
HARM = re.compile(rb"alert|evil|javascript|@import|foreignObject|\son\w+=", re.IGNORECASE)


def drawing(*parts):
    return f"<svg {NAMESPACES}>{''.join(parts)}</svg>".encode()


@pytest.mark.parametrize("part", HARMLESS)
def test_drawing_elements_are_kept(part):
    safe = safe_drawing(drawing(part))
    assert safe.removed == 0
    unused = b"" if "xlink:" in part else b' xmlns:xlink="http://www.w3.org/1999/xlink"'
    assert etree.canonicalize(safe.data.decode()) == etree.canonicalize(drawing(part).replace(unused, b"").decode())


@given(st.lists(st.sampled_from([*HARMLESS, *UNSEEN, *SEEN]), max_size=8))
def test_nothing_harmful_stays(parts):
    safe = safe_drawing(drawing(*parts))
    assert not HARM.search(safe.data)
    assert safe.removed == sum(part in SEEN for part in parts)
    again = safe_drawing(safe.data)
    assert again.data == safe.data
    assert again.removed == 0


@given(st.binary(max_size=300) | st.text("<>/&;!svg='\" #", max_size=60).map(drawing))
def test_any_bytes_are_a_safe_drawing_or_none(data):
    safe = safe_drawing(data)
    assert safe is None or etree.fromstring(safe.data).tag.endswith("svg")


NESTED = "".join(f'<g id="g{n}">' + f'<use href="#g{n + 1}"/>' * 10 + "</g>" for n in range(10))
LAUGHS = "".join(f'<!ENTITY a{n} "' + f"&a{n + 1};" * 20 + '">' for n in range(20))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no drawing",
        b"<html/>",
        b"<svg/>",
        b"\x1f\x8b\x08 compressed",
        drawing("<g>"),
        drawing(NESTED),
        drawing('<g id="a"><use href="#a"/></g>'),
        drawing(" " * MAX_BYTES),
        f"<!DOCTYPE svg [{LAUGHS}<!ENTITY a20 'ha'>]><svg {NAMESPACES}><text>&a0;</text></svg>".encode(),
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg {NAMESPACES} id="&x;"/>'.encode(),
    ],
)
def test_invalid_drawings_are_refused(data):
    assert safe_drawing(data) is None


def test_entities_of_a_drawing_program_are_resolved():
    document = '<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]><svg xmlns="&ns;" id="&ns;"><g/></svg>'
    assert safe_drawing(document.encode()).data == (
        b'<svg xmlns="http://www.w3.org/2000/svg" id="http://www.w3.org/2000/svg"><g/></svg>'
    )


UNSAFE = drawing(HARMLESS[0], UNSEEN[0], SEEN[0])
STORED = "https://cdn.examplary.ai/uploads/drawing.svg"
BROKEN = "https://cdn.examplary.ai/uploads/broken.svg"
ASSETS = {
    STORED: Asset.held(STORED, "drawing.svg", "application/octet-stream", UNSAFE),
    BROKEN: Asset.held(BROKEN, "broken.svg", "application/octet-stream", b"<svg onload=alert(1)>"),
}


@pytest.mark.parametrize("name", formats.names())
def test_no_package_holds_an_unsafe_drawing(name):
    in_data = f"data:image/svg+xml;base64,{b64encode(UNSAFE).decode()}"
    sources = [STORED, BROKEN, in_data]
    description = "".join(f'<img src="{source}">' for source in sources)
    out = BytesIO()
    raw = question("essay", description=f"<p>{description}</p>", points=1)
    (line,) = formats.get(name).write(parse_exam(exam(raw)), ASSETS, out).lines
    remarks = {remark.code: dict(remark.facts) for remark in line.remarks}
    assert remarks["format.drawing-parts"] == {"count": 2}
    assert remarks["format.media-remote"] == {"count": 1}
    if name == "moodle-xml":
        files = re.findall(rb'encoding="base64">([^<]*)<', out.getvalue())
        assert len(files) == 2
        assert b64encode(safe_drawing(UNSAFE).data) in files
    else:
        with ZipFile(out) as package:
            drawings = [package.read(path) for path in package.namelist() if path.endswith(".svg")]
        assert drawings == [safe_drawing(UNSAFE).data] * 2
