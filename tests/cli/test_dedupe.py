"""``dedupe`` through the real command."""

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

STORY = (
    "Sáng 3/5, huyện đảo Hòn Mây khánh thành trạm điện mặt trời đầu tiên, cấp điện cho hơn bốn "
    "trăm hộ dân trước nay chỉ có điện sáu giờ mỗi ngày. Công trình gồm hai nghìn tấm pin đặt "
    "trên mái chợ, trường học và nhà văn hóa, do ngân sách tỉnh và người dân cùng góp vốn. Ông "
    "Lê Văn Thảo, chủ tịch huyện, nói từ nay trạm xá có thể giữ vắc xin lạnh suốt ngày đêm, còn "
    "ngư dân không phải chở đá từ đất liền ra mỗi chuyến biển."
)
OTHER = (
    "The town library will stay open until midnight during the exam weeks of June, the council "
    "decided on Tuesday. Students had asked for longer hours since last autumn, when the reading "
    "rooms were full on most evenings and many of them were sent home before nine."
)


@pytest.fixture
def news(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY, encoding="utf-8")
    (folder / "b.txt").write_text("(Tin Đảo) - " + STORY + "\nNguồn: Tin Đảo\n", encoding="utf-8")
    (folder / "c.txt").write_text(OTHER, encoding="utf-8")
    return folder


def test_finds_the_reprint_and_leaves_the_other(run, news):
    done = run("dedupe", news)
    assert done.returncode == 0
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["document", "relation", "jaccard", "containment"]
    assert {lines[2][0], lines[3][0]} == {"a.txt", "b.txt"}
    assert lines[2][1] == "canonical"
    assert "c.txt" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert done.stderr.startswith("3 documents, 1 cluster, 1 copy (33 % of all), in ")


def test_json(run, news):
    done = run("dedupe", news, "--format", "json")
    result = json.loads(done.stdout)
    assert list(result) == ["version", "settings", "documents", "skipped", "clusters", "matches"]
    assert result["documents"] == 3
    (cluster,) = result["clusters"]
    (member,) = cluster["members"]
    assert {cluster["canonical"], member["id"]} == {"a.txt", "b.txt"}
    assert set(member) == {"id", "relation", "jaccard", "containment"}
    (match,) = result["matches"]
    assert (match["a"], match["b"]) == ("a.txt", "b.txt")


def test_output_and_keep(run, news, tmp_path):
    done = run("dedupe", news, "-f", "csv", "-o", "out.csv", "--keep", "kept.jsonl", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert sorted(row["id"] for row in rows) == ["a.txt", "b.txt"]
    kept = [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text("utf-8").splitlines()]
    canonical = next(row["id"] for row in rows if row["relation"] == "canonical")
    assert [record["id"] for record in kept] == [canonical, "c.txt"]
    assert kept[1]["text"] == OTHER


def test_keep_is_in_the_order_of_the_input(run):
    records = [
        {"id": "z", "text": OTHER, "title": "Library", "published": "2024-05-01"},
        {"id": "y", "text": STORY},
        {"id": "x", "text": STORY},
    ]
    stdin = "".join(json.dumps(record) + "\n" for record in records)
    done = run("dedupe", "-", "--keep", "-", "--canonical", "first", "-o", "out", stdin=stdin)
    assert [json.loads(line) for line in done.stdout.splitlines()] == records[:2]


def test_keep_writes_lines_as_they_are_and_what_they_lack(run):
    lines = [
        f'{{"lang": "en",  "n": 1.0, "text": {json.dumps(OTHER)}, "id": 17}}',
        f'{{"text": {json.dumps(STORY)}, "id": null, "nested": {{"a": [1]}}}}',
    ]
    stdin = "\n".join([lines[0], "", lines[1], lines[0].replace("17", "18")])
    done = run("dedupe", "-", "--keep", "-", "-o", "out", "--canonical", "first", stdin=stdin)
    first, second = done.stdout.splitlines()
    assert first == lines[0]
    assert json.loads(second) == {"text": STORY, "id": "stdin:3", "nested": {"a": [1]}}


def test_standard_input(run):
    stdin = f"{json.dumps({'text': STORY})}\n\n{json.dumps({'text': STORY + ' Hết.'})}\nbroken\n"
    done = run("dedupe", "-", "--format", "jsonl", stdin=stdin)
    assert done.returncode == 1
    cluster = json.loads(done.stdout)
    assert {cluster["canonical"], cluster["members"][0]["id"]} == {"stdin:1", "stdin:3"}
    assert "skipped stdin:4: not JSON" in done.stderr


def test_bad_inputs_are_named_and_the_rest_is_done(run, news):
    (news / "binary.txt").write_bytes(b"\0\1\2")
    (news / "empty.txt").write_text("")
    done = run("dedupe", news, "missing", "--format", "json")
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert len(result["clusters"]) == 1
    assert {item["id"] for item in result["skipped"]} == {"binary.txt", "empty.txt", "missing"}
    assert "skipped missing: no such file or folder" in done.stderr


@pytest.mark.parametrize("options", [[], ["--workers", "2"]], ids=["memory", "disk"])
def test_a_duplicate_id_is_named_by_file_and_line(run, tmp_path, options):
    folder = tmp_path / "news"
    folder.mkdir()
    lines = [{"id": "x", "text": STORY}, {"id": "y", "text": OTHER}, {"id": "x", "text": STORY}]
    lines[2]["text"] += " Hết."
    written = "\n\n".join(json.dumps(line) for line in lines)
    (folder / "a.jsonl").write_text(written, encoding="utf-8")
    (folder / "b.csv").write_text("id,text\nz,A last word\ny,Again\n", encoding="utf-8")
    done = run("dedupe", folder, *options, "--format", "json")
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert result["documents"] == 3
    told = {tuple(sorted((item["id"], item["error"].split()[-3]))) for item in result["skipped"]}
    assert told == {("a.jsonl:1", "a.jsonl:5"), ("a.jsonl:3", "b.csv:3")}
    assert all("duplicate id" in item["error"] for item in result["skipped"])


def test_only_ten_skipped_inputs_are_listed(run):
    done = run("dedupe", *[f"no{number}" for number in range(12)])
    assert done.stderr.count("no such file or folder") == 10
    assert "skipped 2 more inputs" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["nothing-here"]])
def test_nothing_to_compare(run, tmp_path, arguments):
    (tmp_path / "empty").mkdir()
    done = run("dedupe", *(arguments or ["empty"]))
    assert done.returncode == 1
    assert "0 documents" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--threshold", "2"], "threshold must be between 0 and 1, got 2.0"),
        (["--memory", "much"], "'much' is no size; write it like 2GB or 500MB"),
        (["--memory", "1MB"], "memory must be at least"),
        (["--threshold", "x"], "Invalid value for '--threshold'"),
        (["--canonical", "best"], "canonical must be one of earliest, longest, first"),
        (["--format", "xml"], "Invalid value for '--format'"),
        (["--workers", "0"], "Invalid value for '--workers'"),
        (["--nonsense"], "No such option"),
        (["--output", "x", "--keep", "x"], "x is given twice"),
        (["--keep", "-"], "need a file each, - is given twice"),
        (["--keep", "news/kept.jsonl"], "would lie in the input folder"),
        (["more/*.jsonl", "--keep", "more/k.jsonl"], "k.jsonl matches more/*.jsonl"),
    ],
)
def test_wrong_usage(run, news, arguments, message):
    done = run("dedupe", "news", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not done.stdout
    assert len(list(news.iterdir())) == 3


def test_an_output_that_cannot_be_written_is_told_before_the_work(run, news):
    done = run("dedupe", news, "--output", "no/such/folder.json")
    assert done.returncode == 3
    assert done.stderr.startswith("syndicate: cannot write no/such/folder.json: ")


def test_a_result_that_is_no_input_may_lie_among_the_inputs(run, news):
    assert run("dedupe", ".", "--output", "result.json", "-f", "json", cwd=news).returncode == 0
    assert run("dedupe", ".", "--output", "result.json", "-f", "json", cwd=news).returncode == 0
    assert json.loads((news / "result.json").read_text(encoding="utf-8"))["documents"] == 3


def test_an_input_is_not_overwritten(run, news):
    done = run("dedupe", news / "a.txt", "--output", news / "a.txt")
    assert done.returncode == 2
    assert (news / "a.txt").read_text(encoding="utf-8") == STORY


def test_no_strip_and_threshold_stand_in_the_settings(run, news):
    done = run("dedupe", news, "--no-strip", "-t", "0.8", "--canonical", "longest", "-f", "json")
    settings = json.loads(done.stdout)["settings"]
    assert settings["strip"] == "none"
    assert settings["threshold"] == 0.8
    assert settings["canonical"] == "longest"


@pytest.mark.parametrize(
    ("flags", "strip"), [((), "sites"), (("--no-sites",), "rules"), (("--no-strip",), "none")]
)
def test_how_texts_are_stripped_stands_in_the_settings(run, news, flags, strip):
    done = run("dedupe", news, *flags, "-f", "json")
    assert json.loads(done.stdout)["settings"]["strip"] == strip


@pytest.mark.parametrize("command", ["dedupe", "compare", "bench", "serve"])
def test_help_names_flags_that_only_turn_off_alone(run, command):
    said = run(command, "--help").stdout
    assert "  --no-strip " in said
    assert "/ --no" not in said


def test_workers_order_and_hash_seed_change_nothing(run, tmp_path):
    stories = [f"{STORY} Số {n}." if n % 3 else f"{OTHER} No {n}." for n in range(60)]
    for number in range(3):
        part = "".join(
            json.dumps({"id": f"d{n}", "text": stories[n]}) + "\n" for n in range(number, 60, 3)
        )
        (tmp_path / f"{number}.jsonl").write_text(part, encoding="utf-8")
    files = ["0.jsonl", "1.jsonl", "2.jsonl"]
    first = run("dedupe", *files, "--format", "json")
    assert len(json.loads(first.stdout)["clusters"]) == 2
    for arguments, seed in ((reversed(files), "1"), (files, "2")):
        again = run(
            "dedupe",
            *arguments,
            "--format",
            "json",
            "--workers",
            "2",
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        assert again.stdout == first.stdout


def test_help_teaches_and_is_quick(run):
    start = time.perf_counter()
    done = run("dedupe", "--help")
    assert done.returncode == 0
    assert "zcat crawl.jsonl.gz | syndicate dedupe -" in done.stdout
    assert "Exit status: 0 done, 1 done but some inputs were skipped" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert time.perf_counter() - start < 10  # a guard against importing everything


def test_a_fault_of_ours_is_not_taken_for_done():
    program = (
        "import sys, syndicate.pipeline\n"
        "def fail(*arguments, **options): raise ZeroDivisionError\n"
        "syndicate.pipeline.dedupe_paths = fail\n"
        "sys.argv = ['syndicate', 'dedupe', '.']\n"
        "from syndicate.cli import main\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "ZeroDivisionError" in done.stderr


def test_version(run):
    from importlib.metadata import version

    assert run("--version").stdout == f"syndicate {version('syndicate-news')}\n"


def test_nothing_heavy_is_imported_for_help():
    program = (
        "import sys; sys.argv = ['syndicate', 'dedupe', '--help']\n"
        "from syndicate.cli import main\n"
        "try: main()\n"
        "except SystemExit: print([m for m in ('numba', 'numpy', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


REFUSED = """
import syndicate.pipeline
from syndicate.cli import main

def refused(*_, **__):
    raise MemoryError

syndicate.pipeline.dedupe_paths = refused
main()
"""


def test_memory_that_the_system_refuses_is_named():
    command = [sys.executable, "-c", REFUSED, "dedupe", "examples/newsroom"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 3
    assert run.stderr.startswith("syndicate: the system gave no more memory")
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals differ")
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_nothing(news, tmp_path, sent, status):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "syndicate", "dedupe", "-", "-o", "out.json"],
        stdin=subprocess.PIPE,  # which never ends
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=os.environ | {"TMPDIR": str(temporary)},
    )
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".out.json*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(sent)
    process.wait(timeout=60)
    assert process.stderr
    errors = process.stderr.read()
    process.stderr.close()
    process.stdin.close()
    assert process.returncode == status
    assert b"Traceback" not in errors
    assert not list(tmp_path.glob(".out.json*"))
    assert not list(temporary.iterdir())


INTERRUPTED = """
import sys
import syndicate.pipeline

def dedupe_paths(*_, **__):
    raise KeyboardInterrupt

syndicate.pipeline.dedupe_paths = dedupe_paths
from syndicate.cli import main

main()
"""


@pytest.mark.parametrize(
    ("options", "said"),
    [([], ""), (["--work", "kept"], "interrupted; the same command goes on from what kept holds")],
)
def test_an_interrupted_run_says_how_to_go_on_where_that_is_possible(news, options, said):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, "dedupe", str(news), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert done.stderr.strip() == said


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_progress_is_shown_on_a_terminal_only(news, tmp_path):
    import pty

    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "syndicate", "dedupe", str(news)],
        stdout=subprocess.DEVNULL,
        stderr=child,
    )
    os.close(child)
    shown = b""
    with contextlib.suppress(OSError):  # how Linux says that the other end is closed
        while part := os.read(parent, 4096):
            shown += part
    assert process.wait(timeout=60) == 0
    os.close(parent)
    assert b"\x1b[" in shown
    assert b"3 documents" in shown


@pytest.mark.corpus
def test_seeds(run, pytestconfig):
    seeds = pytestconfig.rootpath.parent / "shared" / "seeds"
    if not seeds.is_dir():
        pytest.skip("the real articles are not beside the project")
    result = json.loads(run("dedupe", seeds, "--format", "json").stdout)
    assert result["documents"] == 5
    (cluster,) = result["clusters"]
    names = [cluster["canonical"], *(member["id"] for member in cluster["members"])]
    assert sorted(name[:3] for name in names) == ["000", "001"]


def test_a_result_is_not_named_as_if_it_was_packed(run, tmp_path):
    (tmp_path / "a.txt").write_text("một hai ba")
    done = run("dedupe", "a.txt", "--keep", "kept.jsonl.gz")
    assert done.returncode == 2
    assert "kept.jsonl.gz would not be packed" in done.stderr
