"""Drawn faces: the same for the same person, different between people, small, and nothing in them that runs."""

from html.parser import HTMLParser

from communities.ui.faces import face_svg


class Parts(HTMLParser):
    """Every tag with its attributes, and all text."""

    def __init__(self, svg: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(svg)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_face_is_the_same_every_time_and_hardly_ever_anybody_elses() -> None:
    assert face_svg(7, "Ines Vidal") == face_svg(7, "Ines Vidal")
    assert len({face_svg(seed, "Ines Vidal") for seed in range(500)}) == 500


def test_every_face_is_a_small_document_with_the_name_as_its_title() -> None:
    for seed in range(300):
        svg = face_svg(seed, "Kwame Asante")
        parts = Parts(svg)
        assert parts.tags[0][0] == "svg"
        assert parts.open == []
        assert parts.text == "Kwame Asante"
        assert len(svg.encode()) < 1500


def test_nothing_in_a_face_runs_loads_or_needs_a_style() -> None:
    allowed = {"svg", "title", "rect", "circle", "ellipse", "path", "g"}
    for seed in range(300):
        for tag, attributes in Parts(face_svg(seed, "A")).tags:
            assert tag in allowed
            assert not [name for name in attributes if name == "style" or name.startswith("on") or "href" in name]


def test_a_name_is_text_whatever_stands_in_it_and_a_long_one_is_cut() -> None:
    svg = face_svg(1, '<script>alert("&")</script>')
    assert Parts(svg).text == '<script>alert("&")</script>'
    assert "<script>" not in svg
    assert len(face_svg(1, "&" * 500).encode()) < 1800
    assert Parts(face_svg(1, "  ")).text == "?"
