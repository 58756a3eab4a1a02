"""What the documents print is what the command does."""

import ast
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from syndicate.cli import COMMANDS


@pytest.fixture(scope="module")
def root(pytestconfig):
    return pytestconfig.rootpath


def blocks(text, language=""):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_readme_prints_what_its_command_prints(run, root):
    commands, screen, *_ = blocks((root / "README.md").read_text(encoding="utf-8"))
    program, *arguments = shlex.split(commands.splitlines()[-1])
    assert [program, *arguments[:2]] == ["python", "-m", "syndicate"]
    done = run(*arguments[2:], cwd=root)
    assert done.returncode == 0
    said = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
    printed = screen.splitlines()
    assert said[:-1] == printed[:-1]
    assert said[-1].rsplit(",", 1)[0] == printed[-1].rsplit(",", 1)[0]  # all but the time


def test_python_in_the_documents_is_python(root):
    pages = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
    for page in pages:
        for block in blocks(page.read_text(encoding="utf-8"), "python"):
            ast.parse(block)


def test_the_python_of_the_readme_runs_and_says_what_it_gives(root, tmp_path):
    shutil.copytree(root / "examples" / "newsroom", tmp_path / "examples" / "newsroom")
    block, *_ = blocks((root / "README.md").read_text(encoding="utf-8"), "python")
    given = "print(match.relation, int(match.containment_b * 100), verdict.status)"
    done = subprocess.run(
        [sys.executable, "-c", f"{block}\n{given}"],
        capture_output=True,
        cwd=tmp_path,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *_, last = done.stdout.splitlines()
    assert last == "excerpt 93 new"
    assert "# Relation.EXCERPT" in block
    assert "# 0.93" in block


@pytest.mark.parametrize("page", ["boilerplate", "crawlers", "guide", "relations"])
def test_the_python_of_each_page_runs_in_a_checkout(root, tmp_path, page):
    shutil.copytree(root / "examples" / "newsroom", tmp_path / "examples" / "newsroom")
    program = "".join(blocks((root / "docs" / f"{page}.md").read_text(encoding="utf-8"), "python"))
    if "import polars" in program:
        pytest.importorskip("polars")
    call = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(call, capture_output=True, cwd=tmp_path, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(root, command):
    assert f"`{command}`" in (root / "README.md").read_text(encoding="utf-8")


def test_every_option_of_dedupe_is_in_the_guide(run, root):
    guide = (root / "docs" / "guide.md").read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z-]+", run("dedupe", "--help").stdout.split("Options:")[1]))
    assert sorted(option for option in options - {"--help"} if option not in guide) == []


@pytest.mark.parametrize("group", [[], ["index"], ["sites"]])
def test_help_says_of_each_command_in_a_line_of_its_own_what_it_does(run, group):
    listed = run(*group, "--help").stdout.split("Commands:\n")[1].splitlines()
    said = [line.split(maxsplit=1)[1] for line in listed]
    assert [line for line in said if line.endswith("...")] == []
    assert len(set(said)) == len(said) > 2
