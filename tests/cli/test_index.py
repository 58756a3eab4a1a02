"""``index`` through the real command."""

import gzip
import json
import subprocess
import sys
import time

import pytest

STORY = (
    "The harbour master of Port Ellery said on Monday that the old lighthouse will be lit again "
    "in spring, after eleven years of darkness and a long quarrel about who owns its lamp. The "
    "county has paid for the glass, and two retired keepers have offered to look after it for "
    "nothing, as long as somebody brings coal for the stove before the winter storms begin."
)
OTHER = (
    "Bakers in the valley ask for an earlier market, because the bridge is closed to carts from "
    "nine in the morning while its planks are being replaced one by one until the end of June."
)


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def rows(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def pages():
    return lines(
        {"id": "a", "text": STORY, "url": "https://a.example/1"},
        {"id": "b", "text": OTHER},
        {"id": "c", "text": STORY.upper()},
    )


def test_seen_answers_each_line(run, tmp_path, pages):
    done = run("index", "seen", tmp_path / "seen.db", stdin=pages)
    assert done.returncode == 0, done.stderr
    first, second, third = rows(done)
    assert (first["id"], first["status"], first["of"], first["matches"]) == ("a", "new", None, [])
    assert second["status"] == "new"
    assert (third["status"], third["of"], third["cluster"]) == ("exact", "a", "a")
    assert third["matches"][0]["reason"].startswith("the same")


def test_lines_that_are_no_documents_are_answered_too(run, tmp_path):
    text = (
        lines({"id": "a", "text": OTHER}) + "{oops\n[]\n\n" + lines({"id": "x"}, {"text": STORY})
    )
    done = run("index", "seen", tmp_path / "seen.db", stdin=text)
    assert done.returncode == 1
    good, broken, listed, textless, nameless = rows(done)
    assert good["status"] == "new"
    assert broken["error"].startswith("line 2 is not JSON")
    assert broken["id"] == "-:2"
    assert listed["error"] == "line 3 must be a JSON object, got list"
    assert "needs a string 'text'" in textless["error"]
    assert nameless == {"id": "-:6", "error": "a record needs an 'id' or a 'url'"}


@pytest.mark.parametrize("command", ["seen", "add", "import"])
def test_a_line_is_no_name_to_remember_a_document_by(run, tmp_path, command):
    """The same line of another day would take its place."""
    (tmp_path / "day.jsonl").write_text(lines({"text": STORY}), encoding="utf-8")
    for given in (["day.jsonl"], []):
        stdin = lines({"text": STORY})
        done = run("index", command, "seen.db", *given, stdin=stdin)
        assert done.returncode == 1
        assert "a record needs an 'id' or a 'url'" in done.stdout + done.stderr
    assert rows(run("index", "stats", "seen.db"))[0]["documents"] == 0
    done = run("index", "query", "seen.db", "day.jsonl")
    assert rows(done)[0]["status"] == "new"


def test_standard_input_is_read_as_files_are(run, tmp_path):
    text = (
        "\ufeff"
        + lines({"id": "a", "text": STORY})
        + '{"id": "b", "text": "half \\ud800 of it"}\n'
    )
    done = run("index", "seen", "seen.db", stdin=text)
    assert [row["status"] for row in rows(done)] == ["new", "new"]
    (tmp_path / "all.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    assert rows(run("index", "import", "other.db", "all.jsonl.gz")) == [{"added": 2}]


def test_a_document_that_takes_the_place_of_another_is_told(run, tmp_path):
    """As the file of another folder does that has the same name."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(f"{STORY} {name}")
    db = tmp_path / "seen.db"
    told = [rows(run("index", "add", db, tmp_path / name)) for name in ("one", "two")]
    assert told == [[{"id": "1.txt", "status": kind}] for kind in ("added", "replaced")]
    twice = rows(run("index", "add", db, stdin=lines({"id": "x", "text": STORY}) * 2))
    assert [row["status"] for row in twice] == ["added", "replaced"]
    both = rows(run("index", "add", db, tmp_path / "one", tmp_path / "two"))
    assert [row["status"] for row in both] == ["added", "added"]


def test_every_command(run, tmp_path, pages):
    db = tmp_path / "seen.db"
    (tmp_path / "news.jsonl").write_text(pages)
    added = rows(run("index", "add", db, tmp_path / "news.jsonl"))
    assert added == [{"id": key, "status": "added"} for key in "abc"]
    assert rows(run("index", "query", db, stdin=lines({"id": "q", "text": STORY})))[0]["of"] == "a"
    done = run("index", "get", db, "a", "q")
    assert done.returncode == 1
    assert rows(done)[0] == {"id": "a", "text": STORY, "url": "https://a.example/1"}
    assert rows(run("index", "remove", db, "b", "q")) == [{"removed": 1}]
    (stats,) = rows(run("index", "stats", db))
    assert (stats["documents"], stats["scheme"]) == (2, "syndicate/3")
    assert run("index", "check", db).returncode == 0
    (tmp_path / "out.jsonl").write_text(run("index", "export", db).stdout)
    assert rows(run("index", "import", tmp_path / "new.db", tmp_path / "out.jsonl")) == [
        {"added": 2}
    ]
    assert rows(run("index", "import", tmp_path / "new.db", tmp_path / "out.jsonl")) == [
        {"added": 0}
    ]
    assert rows(run("index", "backup", db, tmp_path / "copy.db"))[0]["bytes"] > 0
    assert rows(run("index", "expire", db, "--before", "1h")) == [{"removed": 0}]
    assert rows(run("index", "expire", db, "--before", "2999-01-01")) == [{"removed": 2}]
    assert rows(run("index", "compact", db))[0]["documents"] == 0
    assert rows(run("index", "upgrade", tmp_path / "copy.db"))[0]["documents"] == 2
    repaired = rows(run("index", "repair", tmp_path / "copy.db"))[0]
    assert (repaired["documents"], repaired["lost"]) == (2, 0)


@pytest.mark.parametrize("command", ["seen", "add"])
@pytest.mark.parametrize(("flags", "strip"), [((), "sites"), (("--no-strip",), "none")])
def test_a_new_index_strips_unless_it_shall_not(run, tmp_path, pages, command, flags, strip):
    assert run("index", command, tmp_path / "seen.db", *flags, stdin=pages).returncode == 0
    (stats,) = rows(run("index", "stats", tmp_path / "seen.db"))
    assert stats["settings"]["strip"] == strip


def test_a_pipe_is_answered_at_once(tmp_path):
    call = [sys.executable, "-m", "syndicate", "index", "seen", str(tmp_path / "seen.db")]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pipe:
        for name, status in (("a", "new"), ("b", "exact"), ("c", "exact")):
            pipe.stdin.write(lines({"id": name, "text": STORY}))
            pipe.stdin.flush()
            begun = time.perf_counter()
            assert json.loads(pipe.stdout.readline())["status"] == status
            assert time.perf_counter() - begun < 30
        pipe.stdin.close()
        assert pipe.wait(timeout=30) == 0


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("query", "none.db"), 3, "there is no index at none.db; `index add` makes one"),
        (("export", "none.db"), 3, "there is no index at none.db"),
        (("stats", "."), 3, ". is a folder; name the file of an index"),
        (("seen", "no/such/seen.db"), 3, "its folder does not exist"),
        (("seen", "a.db", "--ttl", "soon"), 2, "ttl must be a number above zero"),
        (("seen", "a.db", "--secret-file", "none"), 2, "secret file none cannot be read"),
        (("seen", "mysql://x"), 2, "'memory:', 'redis://…' or a path"),
    ],
)
def test_what_cannot_work_is_said(run, tmp_path, monkeypatch, arguments, status, message):
    monkeypatch.chdir(tmp_path)
    done = run("index", *arguments, stdin="")
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_secret_comes_from_a_file(run, tmp_path, pages):
    (tmp_path / "secret").write_text("s3cret\n")
    db = tmp_path / "seen.db"
    done = run("index", "seen", db, "--secret-file", tmp_path / "secret", stdin=pages)
    assert rows(done)[2]["status"] == "exact"
    assert run("index", "stats", db).returncode == 3
    assert run("index", "stats", db, "--secret-file", tmp_path / "secret").returncode == 0


def test_serve_takes_a_token_when_exposed(run, tmp_path):
    done = run("serve", tmp_path / "seen.db", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "needs --token-file" in done.stderr


def test_a_long_input_is_answered_line_by_line_in_order(run, tmp_path):
    """Pages are asked of together; what is no page among them is answered in its place."""
    given = [
        json.dumps({"id": f"{n}", "text": f"{STORY} {n} {OTHER}" * (n % 3 + 1)})
        for n in range(300)
    ]
    given[5], given[120], given[299] = "{oops", json.dumps({"id": "x"}), "[1]"
    given[40] = json.dumps({"id": "large", "text": "x" * (9 << 20)})
    done = run("index", "seen", tmp_path / "seen.db", stdin="\n".join(given))
    told = rows(done)
    assert done.returncode == 1
    assert [row["id"] for row in told[:5]] == ["0", "1", "2", "3", "4"]
    assert len(told) == 300
    assert {place for place, row in enumerate(told) if "error" in row} == {5, 40, 120, 299}
    assert told[40]["id"] == "large"
    assert told[298]["status"] in {"exact", "reprint", "excerpt", "embedding", "template"}


def test_who_waits_for_an_answer_gets_it(tmp_path):
    call = [sys.executable, "-m", "syndicate", "index", "seen", str(tmp_path / "seen.db")]
    with subprocess.Popen(
        call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as asked:
        for number in range(3):
            asked.stdin.write(lines({"id": f"{number}", "text": STORY}))
            asked.stdin.flush()
            assert json.loads(asked.stdout.readline())["id"] == f"{number}"
        asked.stdin.close()
        assert asked.wait(60) == 0


def test_what_is_no_index_is_named(run, tmp_path):
    (tmp_path / "empty.db").touch()
    for place, words in ((tmp_path, "is a folder"), (tmp_path / "empty.db", "is empty")):
        for command in ("stats", "check"):
            done = run("index", command, place)
            assert done.returncode == 3
            assert words in done.stderr
    assert (tmp_path / "empty.db").stat().st_size == 0


def test_web_pages_are_read_by_the_extractor_asked_for(run, tmp_path):
    page = f"<html><body><article><h1>Port Ellery</h1><p>{STORY}</p></article></body></html>"
    (tmp_path / "page.html").write_text(page)
    for name in ("trafilatura", "resiliparse"):
        done = run("index", "seen", f"{name}.db", "page.html", "--extractor", name)
        assert done.returncode == 0, done.stderr
        assert rows(done)[0]["status"] == "new"
    assert run("index", "seen", "x.db", "page.html", "--extractor", "none").returncode == 2
    lines = json.dumps({"id": "a", "html": page}) + "\n" + json.dumps({"id": "b", "html": ""})
    told, refused = rows(run("index", "seen", "x.db", "-", stdin=lines))
    assert told["status"] == "new"
    assert refused["id"] == "-:2"


def test_a_text_too_large_costs_only_itself(run, tmp_path):
    pages = [{"id": "a", "text": "một"}, {"id": "b", "text": "x " * 5_000_000}]
    pages.append({"id": "c", "text": "hai"})
    lines = "".join(json.dumps(page) + "\n" for page in pages)
    (tmp_path / "pages.jsonl").write_text(lines)
    for done in (
        run("index", "add", "a.db", "pages.jsonl"),
        run("index", "add", "b.db", stdin=lines),
    ):
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert [row.get("status") for row in told] == ["added", None, "added"]
        assert "can be remembered" in told[1]["error"]
    run("index", "import", "c.db", "pages.jsonl")
    for place in ("a.db", "b.db", "c.db"):
        assert json.loads(run("index", "stats", place).stdout)["documents"] == 2


def test_long_numbers_are_ids_of_their_own(run):
    numbers = "20261128123456789012345", "20261128123456789012346"
    lines = "".join(f'{{"id": {number}, "text": "một"}}\n' for number in numbers)
    told = run("index", "seen", "seen.db", stdin=lines).stdout.splitlines()
    assert [json.loads(line)["id"] for line in told] == list(numbers)
    longest = f'{{"id": {"7" * 5000}, "text": "hai"}}\n'
    done = run("index", "seen", "seen.db", stdin=longest)
    assert (done.stderr, len(done.stdout.splitlines())) == ("", 1)


def test_a_time_that_is_none_is_refused_on_import(run):
    for said in ("yesterday", "9999-12-31T23:59:59-23:00"):
        line = json.dumps({"id": "a", "text": "một", "remembered": said})
        done = run("index", "import", "seen.db", stdin=line + "\n")
        assert done.returncode == 1
        assert "remembered must be a time" in done.stdout + done.stderr
