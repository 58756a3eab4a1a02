"""``syndicate strip`` and ``syndicate sites``, run as a user runs them."""

import json

import pytest

BODY = [
    "Sáng nay, hàng trăm người dân xã Bình Minh đã xuống đồng gặt lúa sau nhiều ngày mưa lớn.",
    "Theo ông Trần Văn Bình, chủ tịch xã, năng suất vụ này đạt gần bảy tấn một héc-ta.",
    "Bà con cho biết giá lúa tăng nhẹ so với năm ngoái, thương lái đến tận ruộng thu mua.",
]
CAPTION = "Quang cảnh đồng lúa sáng nay (Ảnh: Minh Anh)."
ARTICLE = "\n".join([*BODY[:2], CAPTION, BODY[2]]) + "\n"


def test_a_file_is_stripped(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    done = run("strip", "a.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "\n".join(BODY) + "\n"


def test_explain_marks_what_goes(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    done = run("strip", "a.txt", "--explain")
    assert f"[caption: ends in a photo credit] {CAPTION}" in done.stdout
    assert all(line in done.stdout for line in BODY)


def test_explain_shows_no_carriage_returns(run, tmp_path):
    (tmp_path / "a.txt").write_bytes(ARTICLE.replace("\n", "\r\n").encode())
    done = run("strip", "a.txt", "--explain")
    assert f"[caption: ends in a photo credit] {CAPTION}\n" in done.stdout
    assert not {"\r", "\ufffd"} & set(done.stdout)


def test_json_has_the_fields_and_the_removals(run, tmp_path):
    row = {"id": "7", "text": ARTICLE, "url": "https://a.example/1"}
    done = run("strip", "-", "--format", "json", stdin=json.dumps(row) + "\n")
    out = json.loads(done.stdout)
    assert (out["id"], out["url"]) == ("7", "https://a.example/1")
    assert out["text"] == "\n".join(BODY) + "\n"
    (removal,) = out["stated"]["removals"]
    assert ARTICLE[removal["start"] : removal["end"]] == CAPTION + "\n"
    assert removal["kind"] == "caption"


def test_a_users_own_markers(run, tmp_path):
    (tmp_path / "a.txt").write_text(f"{ARTICLE}Đặt báo cả năm\n", encoding="utf-8")
    (tmp_path / "own.toml").write_text(
        '[furniture]\nwhole = ["Đặt báo cả năm"]\n', encoding="utf-8"
    )
    assert "Đặt báo" in run("strip", "a.txt").stdout
    assert "Đặt báo" not in run("strip", "a.txt", "--markers", "own.toml").stdout
    wrong = run("strip", "a.txt", "--markers", "none.toml")
    assert wrong.returncode == 2
    assert "cannot read markers file none.toml: No such file or directory\n" in wrong.stderr
    (tmp_path / "own.toml").write_text("furniture = 3", encoding="utf-8")
    wrong = run("strip", "a.txt", "--markers", "own.toml")
    assert "furniture must be a section [furniture] with lists, got 3" in wrong.stderr


def test_a_missing_file_is_named(run):
    done = run("strip", "nowhere.txt")
    assert done.returncode != 0
    assert "nowhere.txt" in done.stderr
    assert done.stdout == ""


def test_what_is_skipped_is_said_and_the_rest_done(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    done = run("strip", "a.txt", "nowhere.txt")
    assert done.returncode == 1
    assert "nowhere.txt" in done.stderr
    assert BODY[0] in done.stdout


def pages(count):
    story = [f"{BODY[i % 3][:-1]} {'abcdefghijklmnop'[i]}." for i in range(count)]
    return [
        {
            "id": str(i),
            "url": f"https://news.example/{i}",
            "text": f"Báo Đồng Quê 24\n{text}\nGọi tòa soạn",
        }
        for i, text in enumerate(story)
    ]


def test_sites_are_learned_shown_and_applied(run, tmp_path):
    rows = "".join(json.dumps(row) + "\n" for row in pages(12))
    (tmp_path / "crawl.jsonl").write_text(rows, encoding="utf-8")
    done = run("sites", "learn", "crawl.jsonl", "--output", "sites.json")
    assert done.returncode == 0
    assert "12 pages read; 1 site, 2 lines of furniture" in done.stderr
    shown = run("sites", "show", "sites.json").stdout
    assert "news.example: 12 pages" in shown
    assert "Gọi tòa soạn" in shown
    found = json.loads(run("sites", "show", "sites.json", "-f", "json").stdout)
    assert {one["line"] for one in found["news.example"]} == {"Báo Đồng Quê 24", "Gọi tòa soạn"}
    other = run("sites", "show", "sites.json", "--site", "other.example")
    assert (other.returncode, other.stdout) == (2, "")
    assert "one of the 1 site in sites.json, got 'other.example'" in other.stderr
    applied = run("sites", "apply", "sites.json", "crawl.jsonl").stdout.splitlines()
    assert len(applied) == 12
    assert all("Gọi tòa soạn" not in json.loads(line)["text"] for line in applied)
    again = run("sites", "learn", "crawl.jsonl", "-o", "sites.json", "--forget", "30")
    assert "12 pages read; 1 site," in again.stderr


def test_what_several_files_learned_is_put_together(run, tmp_path):
    for name, rows in (("a", pages(12)[:2]), ("b", pages(12)[2:])):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
        assert run("sites", "learn", f"{name}.jsonl", "-o", f"{name}.json").returncode == 0
    done = run("sites", "merge", "a.json", "b.json", "--output", "both.json")
    assert (done.returncode, done.stderr) == (0, "2 files merged; 1 site, 2 lines of furniture\n")
    run("sites", "merge", "b.json", "a.json", "--output", "again.json", "--forget", "30")
    both = (tmp_path / "both.json").read_bytes()
    assert (tmp_path / "again.json").read_bytes() == both


def test_where_no_file_can_be_written_is_said_first(run, tmp_path):
    (tmp_path / "crawl.jsonl").write_text(json.dumps(pages(1)[0]) + "\n", encoding="utf-8")
    for command in (["learn", "crawl.jsonl"], ["merge", "crawl.jsonl"]):
        done = run("sites", *command, "-o", "nowhere/sites.json")
        assert done.returncode == 2
        assert "--output must be in a folder that exists, got nowhere/sites.json" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_file_of_sites_that_is_not_there_is_named_once(run):
    done = run("sites", "show", "none.json")
    assert done.returncode == 3
    assert done.stderr.count("none.json") == 1


def test_a_file_of_another_kind_is_refused(run, tmp_path):
    (tmp_path / "sites.json").write_text("{}", encoding="utf-8")
    done = run("sites", "show", "sites.json")
    assert done.returncode != 0
    assert "must be a file written by 'sites learn'" in done.stderr


def test_pages_of_no_site_teach_nothing_and_the_command_says_so(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    done = run("sites", "learn", "a.txt", "-o", "sites.json")
    assert done.returncode == 2
    assert "a page needs a `source`, a `url`, or a folder" in done.stderr
    assert not (tmp_path / "sites.json").exists()


def test_pages_are_read_by_the_extractor_asked_for(run, tmp_path):
    pytest.importorskip("resiliparse")
    lines = [f"Câu thứ {i} của bài kể chuyện đồng ruộng mùa gặt năm nay." for i in range(8)]
    page = "".join(f"<p>{line}</p>" for line in lines)
    (tmp_path / "a.html").write_text(f"<html><body><article>{page}</article></body></html>")
    for command in (["strip"], ["dedupe"]):
        done = run(*command, "a.html", "--extractor", "resiliparse", "--format", "json")
        assert done.returncode == 0, done.stderr
        assert "a.html" in done.stdout or json.loads(done.stdout)["documents"] == 1
    wrong = run("dedupe", "a.html", "--extractor", "regex")
    assert wrong.returncode == 2
    assert "resiliparse" in wrong.stderr
