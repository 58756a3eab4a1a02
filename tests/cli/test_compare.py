"""``compare``, ``explain``, ``report`` and ``bench`` through the real command."""

import csv
import json
import xml.etree.ElementTree as ET

import pytest

STORY = (
    "Sáng 3/5, huyện đảo Hòn Mây khánh thành trạm điện mặt trời đầu tiên, cấp điện cho hơn bốn "
    "trăm hộ dân trước nay chỉ có điện sáu giờ mỗi ngày. Công trình gồm hai nghìn tấm pin đặt "
    "trên mái chợ, trường học và nhà văn hóa, do ngân sách tỉnh và người dân cùng góp vốn. Ông "
    "Lê Văn Thảo, chủ tịch huyện, nói từ nay trạm xá có thể giữ vắc xin lạnh suốt ngày đêm, còn "
    "ngư dân không phải chở đá từ đất liền ra mỗi chuyến biển."
)
NEW = "Bạn đọc của chúng tôi gửi thêm ảnh chụp bến tàu lúc trạm điện sáng đèn lần đầu."


@pytest.fixture
def pair(tmp_path):
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text(STORY, encoding="utf-8")
    two.write_text(f"{NEW}\n{STORY}\nNguồn: Tin Đảo\n", encoding="utf-8")
    return one, two


@pytest.fixture
def crawl(tmp_path):
    records = [
        {"id": "a", "text": STORY, "source": "Tin Đảo", "published": "2024-05-03"},
        {"id": "b", "text": f"{STORY}\nNguồn: Tin Đảo", "source": "Bờ <Nam>", "title": "A & B"},
        {"id": "c", "text": "Chuyện khác hẳn về một cuộc thi đọc sách ở trường làng."},
    ]
    file = tmp_path / "crawl.jsonl"
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return file


def test_files_of_one_name_are_told_apart(run, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.txt").write_text(f"{STORY} {name}", encoding="utf-8")
    done = run("compare", "one/x.txt", "two/x.txt", "--format", "json")
    found = json.loads(done.stdout)
    assert (found["a"], found["b"]) == ("one/x.txt", "two/x.txt")


def test_compare_shows_both_sides_and_what_is_new(run, pair):
    done = run("compare", *pair)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("100% reprint")
    assert "[new: Bạn đọc" in done.stdout
    assert "two.txt carries the credit Tin Đảo" in done.stdout
    assert "one.txt" in done.stdout


def test_compare_as_json(run, pair):
    result = json.loads(run("compare", *pair, "--format", "json").stdout)
    assert (result["relation"], result["containment_a"]) == ("reprint", 1)
    (passage,) = result["passages"]
    assert pair[1].read_text("utf-8")[passage["b_start"] :].startswith("Sáng 3/5")
    assert {piece["kind"] for piece in result["pieces_b"]} >= {"shared", "new"}


@pytest.mark.parametrize(
    ("flags", "kind", "named"),
    [((), "credit", "--no-sites"), (("--no-strip",), "new", "--no-strip")],
)
def test_texts_are_stripped_unless_they_shall_not(run, pair, flags, kind, named):
    told = json.loads(run("compare", *map(str, pair), *flags, "-f", "json").stdout)
    assert told["pieces_b"][-1]["kind"] == kind
    assert f"dedupe {named} would report" in run("explain", *map(str, pair), *flags).stdout


def test_documents_are_found_by_id(run, crawl):
    done = run("compare", "a", "b", "--among", crawl, "--format", "json")
    assert json.loads(done.stdout)["b"] == "b"


def test_an_unknown_id_is_named(run, crawl):
    done = run("compare", "a", "zz", "--among", crawl)
    assert done.returncode == 3
    assert "no document 'zz'" in done.stderr


def test_a_file_of_several_documents_is_refused(run, crawl, pair):
    done = run("explain", crawl, pair[0])
    assert done.returncode == 3
    assert "crawl.jsonl holds several documents: give the id of one, and --among" in done.stderr


def test_a_missing_file_is_named(run, tmp_path, pair):
    done = run("compare", pair[0], tmp_path / "none.txt")
    assert done.returncode in {2, 3}
    assert "none.txt" in done.stderr


def test_what_steers_a_terminal_is_not_written(run, tmp_path, pair):
    evil = tmp_path / "evil.txt"
    evil.write_text(f"\x1b[31m{STORY}\x1b]0;x\x07", encoding="utf-8")
    assert "\x1b" not in run("compare", pair[0], evil).stdout


def test_paragraphs_that_both_have_stand_beside_each_other(run, tmp_path):
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    paragraphs = [f"{line} " * 2 for line in STORY.split(". ")][:3]
    one.write_text("\n\n".join(paragraphs), "utf-8")
    own = "Bạn đọc gửi ảnh chụp từ sáng sớm khi sương còn phủ kín mặt sông Lam."
    two.write_text("\n\n".join([own, *paragraphs[1:]]), "utf-8")
    out = run("compare", one, two).stdout.splitlines()
    for paragraph in paragraphs[1:]:
        start = " ".join(paragraph.split()[:3])
        assert any(line.count(start) == 2 for line in out)
    assert sum("[new: Bạn đọc gửi ảnh" in line for line in out) == 1


def test_a_pair_is_what_dedupe_calls_it_in_either_order(run, crawl):
    one, other = (
        json.loads(run("explain", *ids, "--among", crawl, "--format", "json").stdout)
        for ids in (("a", "b"), ("b", "a"))
    )
    assert (one["a"], other["a"]) == ("a", "b")
    for name, value in one["evidence"].items():
        mirrored = {"_a": "_b", "_b": "_a"}.get(name[-2:], name[-2:])
        assert other["evidence"][name[:-2] + mirrored] == value
    assert one["relation"] == other["relation"]


def test_explain_names_tiers_and_flips(run, pair):
    out = run("explain", *pair).stdout
    assert "bands: finds this pair" in out
    assert "samples: finds this pair" in out
    assert "with threshold above" in out
    plain = json.loads(run("explain", *pair, "--format", "json").stdout)
    assert {tier["name"] for tier in plain["tiers"]} == {"bands", "samples"}
    assert plain["evidence"]["passages"] == 1
    tokens = [plain["evidence"][f"tokens_{side}"] for side in "ab"]
    assert f"  tokens: {tokens[0]} in A, {tokens[1]} in B (words)\n" in out


@pytest.mark.parametrize("command", ["compare", "explain"])
def test_two_texts_that_share_nothing_are_said_to(run, tmp_path, pair, command):
    other = tmp_path / "other.txt"
    other.write_text("Chuyện khác hẳn về một cuộc thi đọc sách ở trường làng.", encoding="utf-8")
    said = run(command, str(pair[0]), str(other)).stdout
    assert said.startswith("nothing shared\nJaccard 0.000")
    assert "overlap" not in said
    assert "facts_changed" not in said


def test_explain_whole_speaks_of_the_bands_alone(run, pair):
    plain = json.loads(run("explain", *pair, "--whole", "--format", "json").stdout)
    assert [tier["name"] for tier in plain["tiers"]] == ["bands"]
    assert plain["score"] == plain["jaccard"]
    assert "samples" not in run("explain", *pair, "--whole").stdout


def test_the_page_holds_texts_escaped_and_needs_no_network(run, tmp_path, crawl):
    page, graph = tmp_path / "page.html", tmp_path / "copies.graphml"
    done = run("report", crawl, "--output", page, "--graph", graph, "--quiet")
    assert done.returncode == 0
    html = page.read_text("utf-8")
    assert "Bờ &lt;Nam&gt;" in html
    assert "Bờ <Nam>" not in html
    assert "http://" not in html.replace("default-src", "")
    assert "https://" not in html
    assert "carries the credit" in html
    assert "from Tin Đảo, " in html
    assert "2024-05-03" in html
    root = ET.parse(graph).getroot()
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    (edge,) = root.findall(".//g:edge", space)
    assert (edge.get("source"), edge.get("target")) == ("a", "b")


def test_a_report_never_takes_the_place_of_its_input(run, tmp_path, crawl):
    before = crawl.read_bytes()
    for options in (["-o", crawl], ["-o", tmp_path / "page.html", "--graph", crawl]):
        done = run("report", crawl, *options)
        assert done.returncode == 2
        assert crawl.read_bytes() == before
    done = run("report", crawl, "-o", tmp_path / "nowhere" / "page.html")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("syndicate: cannot write ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crawl.jsonl"]


def test_dedupe_writes_the_graph_too(run, tmp_path, crawl):
    edges, chart = tmp_path / "copies.csv", tmp_path / "copies.mmd"
    assert run("dedupe", crawl, "--graph", edges).returncode == 0
    (row,) = csv.DictReader(edges.read_text("utf-8").splitlines())
    assert (row["source"], row["copy"], row["virtual"]) == ("a", "b", "false")
    run("dedupe", crawl, "--graph", chart)
    assert chart.read_text("utf-8").startswith("flowchart LR\n")


def test_an_unknown_graph_is_refused_before_the_work(run, tmp_path, crawl):
    done = run("dedupe", crawl, "--graph", tmp_path / "copies.xls")
    assert done.returncode == 2
    assert ".graphml, .csv, .mmd" in done.stderr


def test_bench_counts_what_it_planted(run, tmp_path):
    lines = [
        " ".join(
            f"{'aeiou'[(d + k) % 5]}{'btdgklmn'[(d * k) % 8]}{'aeiou'[k % 5]}{d}"
            for k in range(150)
        )
        for d in range(12)
    ]
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(
        "\n".join(json.dumps({"id": str(d), "text": text}) for d, text in enumerate(lines)),
        "utf-8",
    )
    done = run("bench", corpus, "--count", 2, "--format", "json")
    assert done.returncode == 0, done.stderr
    kinds = {kind["kind"]: kind for kind in json.loads(done.stdout)["kinds"]}
    assert kinds["copy"]["found"]["hits"] == 2
    assert "share 12 sources" in run("bench", corpus, "--count", 2).stderr
    plants = tmp_path / "plants.jsonl"
    table = run("bench", corpus, "--count", 1, "--plants", plants).stdout
    assert "suggested threshold" in table
    assert [line for line in table.splitlines() if line != line.rstrip()] == []
    one, other = [json.loads(line)["id"] for line in plants.read_text("utf-8").splitlines()][:2]
    told = run("explain", one, other, "--among", corpus, "--among", plants)
    assert "this pair; score" in told.stdout
    assert run("bench", corpus, "--plants", corpus).returncode == 2


def test_bench_of_nothing_is_refused(run, tmp_path):
    (tmp_path / "empty").mkdir()
    done = run("bench", tmp_path / "empty")
    assert done.returncode == 2


def test_an_id_that_several_documents_have_is_no_answer(run, tmp_path):
    rows = [{"id": "a", "text": "một"}, {"id": "a", "text": "hai"}, {"id": "b", "text": "hai"}]
    (tmp_path / "all.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("compare", "a", "b", "--among", "all.jsonl")
    assert done.returncode == 3
    assert "several documents have the id 'a'" in done.stderr


def test_lines_without_spaces_are_folded_not_cut(run, tmp_path):
    text = "".join(chr(0x4E00 + number) for number in range(300))
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "b.txt").write_text(text + "外", encoding="utf-8")
    done = run("compare", "a.txt", "b.txt")
    shown = set(done.stdout)
    assert set(text) <= shown
    assert "…" not in shown
