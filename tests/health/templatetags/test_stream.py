from health.templatetags.stream import excerpt, lead, marked


def test_a_short_text_is_not_folded():
    assert lead("Promised for Friday.") == ""


def test_a_long_text_begins_with_whole_words():
    beginning = lead("word " * 100)
    assert beginning.endswith("word …")
    assert len(beginning) < 230


def test_many_short_lines_are_folded_too():
    assert lead("a\nb\nc\nd\ne\nf") == "a\nb\nc …"


def test_a_script_without_spaces_is_cut_where_it_is():
    assert lead("我" * 400) == "我" * 220 + " …"


def test_a_letter_keeps_its_marks():
    assert lead("بَ" * 300).endswith("بَ …")


def test_words_are_marked_in_any_case_and_the_rest_is_escaped():
    assert marked("<b>Route</b> file", ["route"]) == "&lt;b&gt;<mark>Route</mark>&lt;/b&gt; file"
    assert marked("A & B", []) == "A &amp; B"
    assert marked("a.c abc", ["a.c"]) == "<mark>a.c</mark> abc"


def test_an_excerpt_stands_around_the_word():
    text = "before " * 60 + "We promised the file. " + "after " * 60
    cut = excerpt(text, ["promis"])
    assert "We <mark>promised</mark> the file." in cut
    assert cut.startswith("… ")
    assert cut.endswith(" …")
    assert excerpt("Nothing of it", ["promis"]) == "Nothing of it"
