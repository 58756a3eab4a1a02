"""What is learned of a site: furniture, and not what was reprinted."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.boilerplate.pages import batch, texts_of

from syndicate import Document
from syndicate.boilerplate import SiteTemplates, kept_spans, site_of, strip
from syndicate.boilerplate.pages import Page, same_article
from syndicate.errors import IndexFormatError, StoreError

WORDS = [
    "river",
    "harvest",
    "council",
    "village",
    "market",
    "teacher",
    "bridge",
    "winter",
    "garden",
    "engine",
    "letter",
    "window",
    "captain",
    "mountain",
    "forest",
    "harbour",
    "station",
    "painter",
    "doctor",
    "kitchen",
    "island",
    "summer",
    "factory",
    "student",
    "history",
    "museum",
    "evening",
    "morning",
    "traffic",
    "weather",
    "football",
    "minister",
    "election",
]
SITE = "news.example"
FURNITURE = ["The Daily Example", "Call our newsroom on 555 1234", "More of this in our app"]


def story(seed, sentences=6):
    rng = random.Random(seed)
    name = "".join("abcdefghij"[int(digit)] for digit in str(seed))
    return [f"{' '.join(rng.choices(WORDS, k=14)).capitalize()} {name}." for _ in range(sentences)]


def page(seed):
    return "\n".join([FURNITURE[0], *story(seed), *FURNITURE[1:]])


def learned(pages):
    templates = SiteTemplates()
    for text in pages:
        templates.learn(SITE, text)
    return templates


def test_what_stands_with_different_articles_is_furniture():
    templates = learned(page(seed) for seed in range(10))
    assert [f.line for f in templates.furniture(SITE)] == sorted(FURNITURE)
    new = page(99)
    assert strip(new, site=SITE, templates=templates).text.split("\n")[:-1] == story(99)
    assert strip(new, site="other.example", templates=templates).text == new


def test_an_article_is_no_furniture_however_often_it_is_reprinted():
    rng = random.Random(1)
    pages = [page(seed) for seed in range(20)]
    for copy in range(40):
        lines = page(3).split("\n")
        lines[rng.randrange(1, 6)] += f" edited {copy}."
        pages.append("\n".join(lines))
    templates = learned(pages)
    assert {f.line for f in templates.furniture(SITE)} == set(FURNITURE)
    kept = strip(page(3), site=SITE, templates=templates).text
    assert kept.split("\n")[:-1] == story(3)


def test_counting_pages_alone_would_have_failed():
    pages = [page(seed) for seed in range(20)] + [page(3)] * 40
    everywhere = [line for line in story(3) if sum(line in text for text in pages) > 5]
    assert everywhere == story(3)


def test_numbers_in_furniture_may_differ():
    templates = learned(page(seed) + f"\n{seed * 7} readers like this" for seed in range(10))
    new = page(50) + "\n123456 readers like this"
    assert "readers like" not in strip(new, site=SITE, templates=templates).text


@settings(max_examples=20)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=30), st.randoms())
def test_neither_order_nor_merging_matters(seeds, rng):
    pages = [page(seed) for seed in seeds]
    straight = learned(pages)
    shuffled = list(pages)
    rng.shuffle(shuffled)
    half = len(shuffled) // 2
    merged = learned(shuffled[:half])
    merged.merge(learned(shuffled[half:]))
    assert merged.furniture(SITE) == straight.furniture(SITE)
    assert merged.pages(SITE) == straight.pages(SITE) == len(set(pages))


def test_memory_is_bounded_and_the_order_still_does_not_matter(monkeypatch):
    monkeypatch.setattr("syndicate.boilerplate.remembered.MOST_PAGES", 16)
    pages = [page(seed) for seed in range(60)]
    one, other = learned(pages), learned(reversed(pages))
    assert one.pages(SITE) == other.pages(SITE) == 16
    assert one.furniture(SITE) == other.furniture(SITE)
    assert {f.line for f in one.furniture(SITE)} == set(FURNITURE)


def test_what_is_saved_is_loaded(tmp_path):
    templates = learned(page(seed) for seed in range(10))
    path = tmp_path / "sites.json"
    templates.save(path)
    again = SiteTemplates.load(path)
    assert again.furniture(SITE) == templates.furniture(SITE)
    again.save(tmp_path / "again.json")
    assert path.read_bytes() == (tmp_path / "again.json").read_bytes()
    assert FURNITURE[0] in path.read_text(encoding="utf-8")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["again.json", "sites.json"]


def test_pages_are_forgotten_by_age():
    templates = SiteTemplates()
    for seed in range(10):
        templates.learn(SITE, page(seed), day=seed)
    templates.learn(SITE, page(0), day=20)
    templates.forget(before=8)
    assert templates.pages(SITE) == 3
    templates.forget(before=100)
    assert templates.sites == ()


def test_furniture_is_still_shown_when_the_page_it_was_read_from_is_forgotten():
    templates = SiteTemplates()
    for seed in range(10):
        templates.learn(SITE, page(seed), day=seed)
    for day in range(7):
        templates.forget(before=day)
        assert {f.line for f in templates.furniture(SITE)} == set(FURNITURE)


def test_paragraphs_that_few_articles_share_are_no_furniture():
    few = ["\n".join([FURNITURE[0], *story(77, 1), *story(seed)]) for seed in range(5)]
    assert {one.line for one in learned(few).furniture(SITE)} == {FURNITURE[0]}
    many = few + ["\n".join([FURNITURE[0], *story(seed)]) for seed in range(5, 12)]
    assert len(learned(many).furniture(SITE)) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("no json", "readable file"),
        ('{"format": "other"}', "something else"),
        ('{"format": "syndicate-sites", "version": 99}', "version 3, got 99"),
        ('{"format": "syndicate-sites", "version": 3}', "damaged"),
        (
            '{"format": "syndicate-sites", "version": 3, "sites": {"a": {"pages": [{}]}}}',
            "damaged",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_remedy(tmp_path, content, why):
    path = tmp_path / "sites.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(IndexFormatError, match=why):
        SiteTemplates.load(path)
    with pytest.raises(IndexFormatError, match=r"cannot read .*: No such file"):
        SiteTemplates.load(tmp_path / "nowhere.json")


def glued(seed):
    text = " ".join(story(seed, 8))
    return f"Saved! See it again in Your List {text} Source: [Link] Copy link here"


def test_what_cannot_be_written_is_said(tmp_path):
    (tmp_path / "taken").mkdir()
    for path in (tmp_path / "taken", tmp_path / "nowhere" / "sites.json"):
        with pytest.raises(StoreError, match=r"cannot write .*(taken|sites\.json)"):
            SiteTemplates().save(path)
    assert [found.name for found in tmp_path.iterdir()] == ["taken"]


def test_furniture_glued_to_the_text_is_cut_out():
    templates = learned(glued(seed) for seed in range(12))
    new = glued(77)
    result = strip(new, site=SITE, templates=templates)
    assert result.text == " ".join(story(77, 8))
    assert [r.kind for r in result.removals] == ["site-template"] * 2
    assert strip(result.text, site=SITE, templates=templates).text == result.text


@given(st.lists(st.integers(60, 99), max_size=4))
def test_a_batch_is_as_one_alone_with_templates_too(seeds):
    templates = learned([glued(seed) for seed in range(12)] + [page(seed) for seed in range(12)])
    texts = [glued(seed) if seed % 2 else page(seed) for seed in seeds]
    sites = [SITE if seed % 3 else None for seed in seeds]
    together = texts_of(batch(texts, None, sites, templates=templates))
    alone = [strip(t, site=s, templates=templates).text for t, s in zip(texts, sites, strict=True)]
    assert together == alone
    for text, site, left in zip(texts, sites, alone, strict=True):
        spans = kept_spans(text.encode(), None, site, templates=templates)
        assert b"".join(text.encode()[a:b] for a, b in spans) == left.encode()


def test_pages_without_a_site_are_left_out():
    templates = SiteTemplates()
    encoded = page(1).encode()
    import numpy as np

    data = np.frombuffer(encoded * 2, np.uint8)
    templates.learn_batch(data, np.array([0, len(encoded), 2 * len(encoded)]), [None, ""])
    assert templates.sites == ()


def test_the_site_of_a_document():
    assert site_of(Document("1", "x", source="Báo")) == "Báo"
    assert site_of(Document("1", "x", url="https://www.a.example/b")) == "a.example"
    assert site_of(Document("folder/b.txt", "x")) == "folder"
    assert site_of(Document("b.txt", "x")) is None
    assert site_of(Document("https://", "x", url="nonsense")) is None


def test_pages_without_prose_are_articles_of_their_own():
    import numpy as np

    none = np.zeros(0, np.uint64)
    assert not same_article(Page(1, 0, none, none, none, none), Page(2, 0, none, none, none, none))


def test_what_is_saved_is_json_with_a_version(tmp_path):
    learned([page(1)]).save(tmp_path / "s.json")
    content = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert content["format"] == "syndicate-sites"
    assert content["version"] == 3


def titled(seed, news):
    """Make a page whose menu stands above its title, and that links to the news of the day."""
    menu = [f"Section {word}" for word in WORDS[:9]]
    return "\n".join([*menu, f"Latest: {headline(seed)}", headline(seed), *story(seed), *news])


def headline(seed):
    return " ".join(random.Random(-seed - 1).choices(WORDS, k=7)).capitalize()


def test_a_title_stays_though_the_site_links_to_it_and_the_links_go():
    news = [headline(seed) for seed in range(3)]
    pages = [titled(seed, news if seed < 6 else ()) for seed in range(12)]
    templates = learned(pages)
    assert headline(1) in {f.line for f in templates.furniture(SITE)}
    result = strip(pages[1], site=SITE, templates=templates)
    assert result.text == "\n".join([headline(1), *story(1), ""])
    assert strip(result.text, site=SITE, templates=templates).text == result.text


def test_a_heading_above_several_articles_is_furniture_though_few_have_it():
    column = "The weekly column of our gardening desk"
    pages = [f"{column}\n{page(n)}" if n < 3 else page(n) for n in range(24)]
    templates = learned(pages)
    text = f"{column}\n{page(99)}"
    assert column not in strip(text, site=SITE, templates=templates).text


def test_what_was_learned_goes_where_the_rules_would_leave_too_little():
    templates = learned(page(n) for n in range(12))
    article = story(99, 4)
    others = [line for n in range(20) for line in ("Related articles", *story(300 + n, 1))]
    text = "\n".join([FURNITURE[0], *article, *others, *FURNITURE[1:]])
    left = strip(text, site=SITE, templates=templates).text.split("\n")
    assert not set(FURNITURE) & set(left)
    assert {*article, *others} <= set(left)


def test_a_short_article_under_a_long_learned_menu_is_found():
    menu = [f"All that is new about the {word} of our town." for word in WORDS]
    pages = ["\n".join([*menu, *story(seed, 3)]) for seed in range(10)]
    templates = learned(pages)
    assert strip(pages[4], site=SITE, templates=templates).text.split("\n") == story(4, 3)
