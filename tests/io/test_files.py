"""Folders and files of text, and all that may be wrong with them."""

import gzip
import io
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.privileges import folder_of_anybody, unprivileged

from syndicate.io import plan, read
from syndicate.io.batch import MAX_DOCUMENT

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


def write(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def everything(*paths, **options):
    """Read all that paths mean: texts by id, and reasons by the name of what was skipped."""
    planned = plan(paths, **options)
    texts, skipped = {}, {item.id: item.error for item in planned.skipped}
    for unit in planned.units:
        for batch in read(unit, batch_bytes=64):
            batch.records.validate(full=True)
            texts |= {row["id"]: row["text"] for row in batch.records.to_pylist()}
            skipped |= {item.id: item.error for item in batch.skipped}
    return texts, skipped


def test_a_folder_is_read_with_those_below_it(tmp_path):
    write(
        tmp_path, b_txt="hai", a_md="một", sub__deep__c_txt="ba", x_png="no", _hidden__d_txt="no"
    )
    texts, skipped = everything(tmp_path)
    assert texts == {"a.md": "một", "b.txt": "hai", "sub/deep/c.txt": "ba"}
    assert list(texts) == sorted(texts)
    assert not skipped
    assert plan([tmp_path]).ignored == 1


def test_ids_are_relative_to_the_argument(tmp_path, monkeypatch):
    write(tmp_path, news__one_txt="một", news__old__two_txt="hai")
    monkeypatch.chdir(tmp_path)
    assert set(everything("news")[0]) == {"one.txt", "old/two.txt"}
    assert set(everything("news/one.txt")[0]) == {"one.txt"}
    assert set(everything("news/**/*.txt")[0]) == {"one.txt", "old/two.txt"}
    assert set(everything(Path("news") / "old")[0]) == {"two.txt"}
    assert set(everything(".")[0]) == {"news/one.txt", "news/old/two.txt"}


def test_files_of_one_name_in_two_arguments_keep_apart(tmp_path, monkeypatch):
    write(tmp_path, a__same_txt="một", b__same_txt="hai", b__other_txt="ba")
    monkeypatch.chdir(tmp_path)
    assert everything("a", "b")[0] == {"a/same.txt": "một", "b/same.txt": "hai", "other.txt": "ba"}


def test_a_file_given_twice_is_read_once(tmp_path, monkeypatch):
    write(tmp_path, a_txt="một", b__c_txt="hai")
    monkeypatch.chdir(tmp_path / "b")
    texts, skipped = everything(tmp_path, "../b", "c.txt", "./c.txt", "../a.txt", Path.cwd(), "*")
    assert (len(texts), skipped) == (2, {})
    (tmp_path / "b" / "c.txt").unlink()
    assert everything(tmp_path, tmp_path / "a.txt", f"{tmp_path}/*.txt")[0] == {"a.txt": "một"}


def test_text_is_not_changed(tmp_path):
    content = "\ufeffMột\r\nhai\n\n  ba\t\x0b\n"
    write(tmp_path, a_txt=content)
    assert everything(tmp_path)[0] == {"a.txt": content.removeprefix("\ufeff")}


def test_encodings_and_packing(tmp_path):
    write(tmp_path, a_txt="một".encode("utf-16"), b_txt_gz=gzip.compress(b"hai"))
    write(tmp_path, c_txt=("Сегодня в Москве встреча министров. " * 5).encode("cp1251"))
    texts, skipped = everything(tmp_path)
    assert texts["a.txt"] == "một"
    assert texts["b.txt.gz"] == "hai"
    assert texts["c.txt"].startswith("Сегодня в Москве")
    assert not skipped


def test_bad_files_cost_only_themselves(tmp_path):
    write(tmp_path, good_txt="một", empty_txt="", blank_txt=" \n", binary_txt=b"\x00\x01")
    write(tmp_path, bad_txt="Sáng nay ở Đà Nẵng".encode() + b"\xff", cut_txt_gz=b"\x1f\x8b\x08")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(MAX_DOCUMENT + 1)
    texts, skipped = everything(tmp_path)
    assert texts == {"good.txt": "một"}
    assert skipped["empty.txt"] == skipped["blank.txt"] == "the text is empty"
    assert "not text" in skipped["binary.txt"]
    assert skipped["bad.txt"].startswith("line 1: byte 0xff at offset")
    assert skipped["huge.txt"].startswith("more than 32 MB")
    assert "cut.txt.gz" in skipped


def test_a_packed_file_that_unpacks_to_too_much_is_refused(tmp_path):
    write(tmp_path, bomb_txt_gz=gzip.compress(b"x" * (MAX_DOCUMENT + 1)))
    assert everything(tmp_path)[1]["bomb.txt.gz"].startswith("more than 32 MB")


def test_standard_input_is_kept_to_be_read_in_parts(tmp_path, monkeypatch):
    lines = b"".join(b'{"text": "tin %d"}\n' % number for number in range(50))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    planned = plan(["-"], unit_bytes=100, stdin=tmp_path / "kept")
    assert len(planned.units) > 1
    for _ in range(2):
        ids = [
            id_
            for unit in planned.units
            for batch in read(unit)
            for id_ in batch.records["id"].to_pylist()
        ]
        assert ids == [f"stdin:{number}" for number in range(1, 51)]


def test_standard_input_can_be_read_once_without(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"text": "tin"}\n')))
    assert everything("-")[0] == {"stdin:1": "tin"}


def test_what_is_not_there_is_named(tmp_path):
    write(tmp_path, pictures__a_png="")
    missing, pattern, folder = (str(tmp_path / name) for name in ("no", "*.zip", "pictures"))
    texts, skipped = everything(missing, pattern, folder)
    assert not texts
    assert skipped[missing] == "no such file or folder"
    assert skipped[pattern] == "no file matches this pattern"
    assert skipped[folder].startswith("there is nothing to read in this folder: no .csv")


@posix
def test_links_are_followed_once_and_loops_are_named(tmp_path):
    write(tmp_path, news__a_txt="một", elsewhere__b_txt="hai")
    (tmp_path / "news/loop").symlink_to(tmp_path / "news")
    (tmp_path / "news/other").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "news/again").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "news/self.txt").symlink_to(tmp_path / "news/self.txt")
    (tmp_path / "news/gone.txt").symlink_to(tmp_path / "gone")
    texts, skipped = everything(tmp_path / "news")
    assert sorted(texts.values()) == ["hai", "một"]
    assert skipped == {
        "loop": "a loop: this link leads to a folder that it lies in",
        "self.txt": "a loop of links",
        "gone.txt": "a link to a file that is not there",
    }


@posix
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert everything(tmp_path)[1]["pipe.txt"].startswith("not a regular file")


@posix
def test_what_may_not_be_read_is_named():
    with folder_of_anybody() as folder, unprivileged():
        write(folder, a_txt="một", shut__b_txt="hai", c_txt="ba")
        (folder / "c.txt").chmod(0)
        (folder / "shut").chmod(0)
        texts, skipped = everything(folder)
        (folder / "shut").chmod(0o700)
    assert texts == {"a.txt": "một"}
    assert skipped == {"c.txt": "permission denied", "shut": "permission denied"}


def test_a_folder_that_cannot_be_listed_is_named(tmp_path, monkeypatch):
    write(tmp_path, a_txt="một", shut__b_txt="hai")
    scandir = os.scandir

    def refuse(path):
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    texts, skipped = everything(tmp_path)
    assert texts == {"a.txt": "một"}
    assert skipped == {"shut": "permission denied"}


@posix
def test_a_name_that_is_no_unicode_is_read(tmp_path):
    for name, text in ((b"caf\xe9.txt", "một"), (b"caf\xe8.txt", "hai")):
        (tmp_path / os.fsdecode(name)).write_text(text)
    assert everything(tmp_path)[0] == {"caf\\udce9.txt": "một", "caf\\udce8.txt": "hai"}


def test_units_gather_files_and_cut_nothing_apart(tmp_path):
    write(tmp_path, **{f"{number:02}_txt": "x" * 40 for number in range(20)})
    units = plan([tmp_path], unit_bytes=100).units
    assert [len(unit.sources) for unit in units] == [3] * 6 + [2]
    assert plan([tmp_path]).bytes == sum(unit.bytes for unit in units) == 800
    assert everything(tmp_path, unit_bytes=100) == everything(tmp_path)


def test_a_fingerprint_changes_with_the_file(tmp_path):
    write(tmp_path, a_txt="một")
    (unit,) = plan([tmp_path]).units
    before = unit.fingerprint()
    assert plan([tmp_path]).units[0].fingerprint() == before
    write(tmp_path, a_txt="hai!")
    assert unit.fingerprint() != before
    (tmp_path / "a.txt").unlink()
    assert unit.fingerprint() != before


def test_a_file_that_goes_after_planning_is_reported(tmp_path):
    write(tmp_path, a_txt="một", b_jsonl='{"text": "hai"}')
    units = plan([tmp_path]).units
    for path in tmp_path.iterdir():
        path.unlink()
    found = [item for unit in units for batch in read(unit) for item in batch.skipped]
    assert [(item.id, item.error) for item in found] == [
        ("a.txt", "no such file or directory"),
        ("b.jsonl", "no such file or directory"),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from("abcdef"), st.binary(max_size=120), min_size=1))
def test_any_bytes_in_files_are_read_or_reported(tmp_path, files):
    for path in tmp_path.glob("*.txt"):
        path.unlink()
    for name, data in files.items():
        (tmp_path / f"{name}.txt").write_bytes(data)
    texts, skipped = everything(tmp_path)
    assert sorted([*texts, *skipped]) == sorted(f"{name}.txt" for name in files)


PAGE = (
    """<html><head><title>Cầu mới</title><meta charset="utf-8">
<link rel="canonical" href="https://vidu.vn/cau-moi.html">
<meta property="article:published_time" content="2024-03-12T07:00:00+07:00">
<meta property="og:site_name" content="Báo Ví Dụ"></head><body><nav>Trang chủ</nav><article>
<h1>Cầu mới</h1>"""
    + "".join(
        f"<p>Đoạn thứ {number} kể việc dân xóm góp công của làm cây cầu qua rạch, từ ngày đóng "
        f"cọc đầu tiên cho đến buổi sáng thông xe.</p>"
        for number in range(1, 6)
    )
    + "</article></body></html>"
)


def test_pages_are_read_with_what_they_state(tmp_path):
    pytest.importorskip("trafilatura")
    write(tmp_path, a_html=PAGE, b_htm="<html></html>", c_txt="ba", d_html=b"\xff\xfe\x00<")
    (unit,) = plan([tmp_path]).units
    (batch,) = read(unit)
    page, text = batch.records.to_pylist()
    assert (page["id"], text["id"]) == ("a.html", "c.txt")
    assert "Đoạn thứ 5 kể việc" in page["text"]
    assert "Trang chủ" not in page["text"]
    assert page["url"] == "https://vidu.vn/cau-moi.html"
    assert page["source"] == "Báo Ví Dụ"
    assert page["published"].startswith("2024-03-12")
    assert text["url"] is None
    assert sorted(item.id for item in batch.skipped) == ["b.htm", "d.html"]


def test_without_the_extra_pages_say_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    write(tmp_path, a_html=PAGE, c_txt="ba")
    texts, skipped = everything(tmp_path)
    assert texts == {"c.txt": "ba"}
    assert "pip install '.[html]'" in skipped["a.html"]


def test_whatever_a_parser_raises_costs_one_page(tmp_path, monkeypatch):
    def fail(page, **_options):
        raise RecursionError(page[:4])

    monkeypatch.setattr("syndicate.io.html.extract", fail)
    write(tmp_path, a_html=PAGE, c_txt="ba")
    texts, skipped = everything(tmp_path)
    assert texts == {"c.txt": "ba"}
    assert skipped == {"a.html": "not read as a page: RecursionError: b'<htm'"}
