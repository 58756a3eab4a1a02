import random
import re

import pytest

from syndicate import dedupe
from syndicate.errors import ConfigError
from syndicate.evaluation import KINDS, assess, plant
from syndicate.evaluation.plants import paragraphs
from syndicate.model import Document, Match, Relation

SYLLABLES = (
    "ba",
    "ca",
    "đa",
    "ga",
    "ha",
    "khu",
    "la",
    "ma",
    "nha",
    "pha",
    "qua",
    "sa",
    "vu",
    "xi",
)


def corpus(n=30, length=220):
    """Documents of different words in different orders, with numbers."""
    documents = []
    for d in range(n):
        draw = random.Random(d)
        tokens = ["".join(draw.choices(SYLLABLES, k=3)) for _ in range(length)]
        lines = [
            " ".join(tokens[at : at + 20])
            + f" vào lúc {at % 24} giờ ngày {d + 1} tháng {at % 12}."
            for at in range(0, length, 20)
        ]
        documents.append(Document(id=f"d{d:02}", text="\n".join(lines), title=f"Bài {d}"))
    return documents


def test_equal_seeds_make_equal_plants():
    documents = corpus()
    assert plant(documents, count=2, seed=5) == plant(documents, count=2, seed=5)
    assert plant(documents, count=2, seed=5) != plant(documents, count=2, seed=6)


def test_every_kind_is_planted_with_its_sources():
    documents = corpus()
    plants = plant(documents, count=3)
    assert {one.kind for one in plants} == set(KINDS)
    ids = {document.id for document in documents}
    assert all(set(one.sources) <= ids for one in plants)
    assert len({one.document.id for one in plants}) == len(plants)
    assert all(len(one.sources) == (3 if one.kind == "roundup" else 1) for one in plants)


def test_plants_are_what_their_kind_says():
    documents = corpus()
    texts = {document.id: document.text for document in documents}
    made = {one.kind: one for one in plant(documents, count=1)}
    source = {kind: texts[one.sources[0]] for kind, one in made.items()}
    assert made["copy"].document.text == source["copy"]
    assert made["first 45 words"].document.text.split() == source["first 45 words"].split()[:45]
    assert source["updated"] in made["updated"].document.text
    facts = made["other facts"].document.text
    assert re.sub(r"\d", "0", facts) == re.sub(r"\d", "0", source["other facts"])
    assert facts != source["other facts"]
    assert not re.search("[àờáđ]", made["tones lost"].document.text)
    for line in source["embedded"].split("\n"):
        assert line in made["embedded"].document.text


@pytest.mark.parametrize(
    ("documents", "kinds", "rule"),
    [
        (corpus(), ["magic"], "kinds of plants must be among"),
        (corpus(3, 20), ["copy"], "120 words or more"),
        ([], ["copy"], "120 words or more"),
    ],
)
def test_what_cannot_be_planted_is_refused(documents, kinds, rule):
    with pytest.raises(ConfigError, match=rule):
        plant(documents, kinds=kinds)


def test_texts_without_numbers_are_made_no_form_of_other_facts():
    told = [Document(f"d{n}", " ".join(["lời"] * 60 + ["bcd"[n]] * 70)) for n in range(3)]
    assert plant(told, kinds=["other facts"], count=2) == []
    assert {one.kind for one in plant(told, count=1)} == KINDS.keys() - {"other facts"}


def test_a_text_of_one_line_is_cut_into_pieces():
    pieces = paragraphs(" ".join(map(str, range(130))))
    assert [len(piece.split()) for piece in pieces] == [50, 50, 30]


def test_what_is_planted_is_found_and_called_right():
    documents = corpus()
    plants = plant(documents, count=4, seed=1)
    result = dedupe([*documents, *(one.document for one in plants)])
    assessment = assess(result.matches, plants)
    found = {report.kind: report.found.value for report in assessment.kinds}
    right = {report.kind: report.right.value for report in assessment.kinds}
    for kind in ("copy", "noise", "abridged to 60 %", "embedded", "tones lost", "decomposed"):
        assert (kind, found[kind], right[kind]) == (kind, 1, 1)
    assert found["roundup"] == found["20 % of words changed"] == 1
    assert right["other facts"] == 1
    assert assessment.precision.value > 0.95
    assert 0 <= assessment.threshold <= 1


def test_what_was_not_expected_counts_against_precision():
    documents = corpus()
    (one,) = plant(documents, kinds=["copy"], count=1)
    other = next(document.id for document in documents if document.id not in one.sources)

    def match(name):
        return Match(one.document.id, name, Relation.REPRINT, 0.9, 0.9, 0.9, 50)

    wrong = assess([match(one.sources[0]), match(other)], [one])
    assert (wrong.precision.hits, wrong.precision.cases) == (1, 2)
    assert wrong.kinds[0].found.value == 1
    nothing = assess([], [one])
    assert nothing.kinds[0].found.value == 0
    assert nothing.borderline == ()


def test_a_copy_of_the_source_that_stands_for_it_counts():
    documents = corpus()
    (one,) = plant(documents, kinds=["noise"], count=1)
    twin = Match("twin", one.sources[0], Relation.EXACT, 1, 1, 1, 50)
    found = Match(one.document.id, "twin", Relation.REPRINT, 0.9, 0.9, 0.9, 50)
    assert assess([twin, found], [one]).kinds[0].found.value == 1
    assert assess([twin], [one]).kinds[0].found.value == 0


def test_a_plant_that_stands_for_its_source_answers_for_nothing_else():
    documents = corpus()
    (one,) = plant(documents, kinds=["copy"], count=1)
    other = next(document.id for document in documents if document.id not in one.sources)
    twin = Match(one.document.id, one.sources[0], Relation.EXACT, 1, 1, 1, 50)
    found = Match(one.document.id, other, Relation.REPRINT, 0.9, 0.9, 0.9, 50)
    seen = assess([twin, found], [one])
    assert (seen.precision.hits, seen.precision.cases) == (1, 1)
