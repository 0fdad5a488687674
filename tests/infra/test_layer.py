"""The dependency layer holds wheels for Lambda's platform and stays far below its size limit."""

import struct
from pathlib import Path

import pytest

from infra.layer import BEACON, DEPENDENCIES, SEARCH, build
from infra.wiring import WIRING

UNZIPPED_LIMIT_MB = 250
AARCH64 = 183
"""`e_machine` of an ELF file for 64-bit Arm."""


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("layer") / "python"
    build(DEPENDENCIES, target)
    build(SEARCH, target / "search")
    build(BEACON, target / "beacon")
    return target


def test_every_native_module_is_for_lambdas_processor(layer: Path) -> None:
    native = list(layer.rglob("*.so"))
    assert native
    for module in native:
        (machine,) = struct.unpack_from("<H", module.read_bytes(), 18)
        assert machine == AARCH64, module


def test_the_runtime_brings_boto3_so_the_layer_does_not(layer: Path) -> None:
    assert not list(layer.glob("boto*"))
    assert (layer / "pynamodb").is_dir()


def test_functions_and_layers_are_far_below_the_limit(layer: Path) -> None:
    """No function both searches and draws."""
    root = Path(__file__).parents[2]
    extra = {name: _megabytes(layer / name) for name in ("search", "beacon")}
    common = _megabytes(layer, root / "functions", root / "layers/kit") - sum(extra.values())
    assert not [wired for wired in WIRING if wired.search and wired.asks_beacon]
    assert common + max(extra.values()) < UNZIPPED_LIMIT_MB / 2


def _megabytes(*folders: Path) -> float:
    files = (file for folder in folders for file in folder.rglob("*") if "__pycache__" not in file.parts)
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6
