"""Files appear whole or not at all."""

import os
from pathlib import Path

import pytest

from syndicate.errors import StoreError
from syndicate.io.write import replacing, write_records


def test_a_file_is_there_when_the_block_ends(tmp_path):
    path = tmp_path / "out.jsonl"
    with replacing(path) as stream:
        write_records([{"id": "a", "text": "Huế"}], stream)
        assert not path.exists()
    assert path.read_bytes() == '{"id":"a","text":"Huế"}\n'.encode()
    assert [item.name for item in tmp_path.iterdir()] == ["out.jsonl"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "out.json"
    path.write_text("old")
    with pytest.raises(error), replacing(path) as stream:  # noqa: PT012 - what is tested
        stream.write("new")
        raise error
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["out.json"]


def test_mode_and_link_are_kept(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("old")
    path.chmod(0o640)
    (tmp_path / "link").symlink_to(path)
    with replacing(tmp_path / "link") as stream:
        stream.write("new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link").is_symlink()


def test_what_is_no_file_is_written_to_as_it_is():
    with replacing(Path(os.devnull)) as stream:
        stream.write("x")
    assert not Path(os.devnull).is_file()


def test_a_missing_folder_is_named(tmp_path):
    with (
        pytest.raises(StoreError, match=r"cannot write .*out\.json: no such file"),
        replacing(tmp_path / "no" / "out.json"),
    ):
        pass
