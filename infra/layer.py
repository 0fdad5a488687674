"""The layers of dependencies: the pinned wheels for Lambda's Python and processor, fetched without Docker.

python -m infra.layer            fills `python` in layers/dependencies, layers/search and layers/beacon
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

LAYERS = Path(__file__).parent.parent / "layers"
DEPENDENCIES, SEARCH, BEACON = LAYERS / "dependencies", LAYERS / "search", LAYERS / "beacon"
"""What all functions load, and what only search and the draw do: the hold path need not unpack their arithmetic."""
PYTHON = "3.13"
PLATFORM = "manylinux2014_aarch64"
NEWER_PLATFORM = "manylinux_2_28_aarch64"
"""Lambda's Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34."""


def build(layer: Path, target: Path) -> None:
    """Install a layer's pins into `target`, wheels only, as Lambda will load them."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-warn-conflicts"),
            *("--requirement", str(layer / "requirements.txt"), "--target", str(target)),
            *("--platform", NEWER_PLATFORM, "--platform", PLATFORM, "--python-version", PYTHON),
            *("--implementation", "cp", "--only-binary", ":all:", "--no-compile"),
        ],
        check=True,
        timeout=300,
    )
    _drop_what_lambda_has(target)


def _drop_what_lambda_has(target: Path) -> None:
    """The runtime brings boto3; what only pip reads stays out as well."""
    for pattern in ("boto3*", "botocore*", "s3transfer*", "jmespath*", "bin", "**/__pycache__", "**/tests"):
        for path in target.glob(pattern):
            shutil.rmtree(path)


if __name__ == "__main__":
    for folder in (DEPENDENCIES, SEARCH, BEACON):
        build(folder, folder / "python")
