"""`make run` on a machine that lacks something, or was interrupted: one sentence, and no half-done work kept."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import prepare

ROOT = Path(__file__).parents[2]
FAKE_PYTHON = """#!/bin/sh
echo "python $*" >> "$LOG"
[ "$2" = venv ] && mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
[ "$2" = pip ] && [ -n "$PIP_FAILS" ] && exit 1
exit 0
"""
FAKE_NPM = """#!/bin/sh
echo "npm $*" >> "$LOG"
[ "$1" = ci ] && mkdir -p node_modules
[ "$2" = build ] && mkdir -p dist && touch dist/index.html
exit 0
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of the same shape, with tools that only write down what they were asked."""
    for name in ("layers/dependencies", "layers/search", "layers/beacon", "web/src", "local", ".local", "tools"):
        (tmp_path / name).mkdir(parents=True)
    for name in (
        "requirements.txt",
        "layers/dependencies/requirements.txt",
        "layers/search/requirements.txt",
        "layers/beacon/requirements.txt",
        "web/package.json",
    ):
        (tmp_path / name).write_text("pins")
    (tmp_path / "web/package-lock.json").write_text("{}")
    (tmp_path / "web/src/main.ts").write_text("first")
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "local/prepare.py", tmp_path / "local")
    monkeypatch.setenv("LOG", str(tmp_path / "asked"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'tools'}:{os.environ['PATH']}")
    tool(tmp_path, "npm", FAKE_NPM)
    return tmp_path


def tool(project: Path, name: str, script: str) -> str:
    path = project / "tools" / name
    path.write_text(script)
    path.chmod(0o755)
    return str(path)


def asked(project: Path) -> list[str]:
    """What the tools were asked since the last look, in short."""
    log = project / "asked"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [" ".join(line.split()[:3]).replace(str(project) + "/", "") for line in lines]


def test_the_environment_is_made_once_and_again_when_the_pins_change(project: Path) -> None:
    python = tool(project, "fake-python", FAKE_PYTHON)
    prepare.prepare_venv(project, python)
    assert asked(project) == ["python -m venv", "python -m pip"]
    prepare.prepare_venv(project, python)
    assert asked(project) == []
    (project / "layers/dependencies/requirements.txt").write_text("newer pins")
    prepare.prepare_venv(project, python)
    assert asked(project) == ["python -m pip"]


def test_a_half_finished_environment_is_made_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tool(project, "fake-python", FAKE_PYTHON)
    monkeypatch.setenv("PIP_FAILS", "yes")
    with pytest.raises(SystemExit, match="could not be installed: check the network"):
        prepare.prepare_venv(project, python)
    (project / ".venv" / "left-over").touch()
    monkeypatch.delenv("PIP_FAILS")
    asked(project)
    prepare.prepare_venv(project, python)
    assert asked(project) == ["python -m venv", "python -m pip"]
    assert not (project / ".venv" / "left-over").exists()


def test_the_client_is_built_when_it_changed(project: Path) -> None:
    prepare.prepare_web(project)
    assert asked(project) == ["npm ci --no-audit", "npm run build"]
    prepare.prepare_web(project)
    assert asked(project) == []
    (project / "web/src/main.ts").write_text("second")
    prepare.prepare_web(project)
    assert asked(project) == ["npm run build"]
    shutil.rmtree(project / "web/dist")
    prepare.prepare_web(project)
    assert asked(project) == ["npm run build"]
    shutil.rmtree(project / "web/node_modules")
    prepare.prepare_web(project)
    assert asked(project) == ["npm ci --no-audit"]


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("#!/bin/sh\necho v18.20.4\n", "Boxoffice needs Node 20.19 or later, and `node` is v18.20.4: install it"),
        ("#!/bin/sh\nexit 1\n", "Boxoffice needs Node 20.19 or later, and `node` is broken: install it"),
    ],
)
def test_an_old_node_gets_one_sentence(project: Path, script: str, sentence: str) -> None:
    tool(project, "node", script)
    with pytest.raises(SystemExit, match=sentence):
        prepare.node()


def test_no_node_gets_one_sentence(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project / "tools"))
    with pytest.raises(SystemExit, match="`node` or `npm` is not installed: install it"):
        prepare.node()


def test_an_old_python_gets_one_sentence_or_a_newer_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(project / "tools"))
    with pytest.raises(SystemExit, match=r"Boxoffice needs Python 3\.11 or later"):
        prepare.python()
    newer = tool(project, "python3.12", FAKE_PYTHON)
    assert prepare.python() == newer


def test_make_without_python_says_so(project: Path) -> None:
    made = make(project, "run", "PYTHON=no-such-python")
    assert made.returncode != 0
    assert "Boxoffice needs Python 3.11 or later, and there is no no-such-python: install one" in made.stderr


def test_make_alone_lists_its_targets() -> None:
    listed = make(ROOT).stdout
    assert [line.split()[0] for line in listed.splitlines()][:4] == ["help", "run", "check", "test"]
    assert "Traceback" not in listed


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
