"""The dependency layer holds wheels for Lambda's platform and stays far below its size limit."""

import struct
from pathlib import Path

import pytest

from infra.layer import BEACON, DEPENDENCIES, SEARCH, build

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
    root = Path(__file__).parents[2]
    files = [f for folder in (layer, root / "functions", root / "layers/kit") for f in folder.rglob("*")]
    shipped = [file for file in files if file.is_file() and "__pycache__" not in file.parts]
    megabytes = sum(file.stat().st_size for file in shipped) / 1e6
    assert megabytes < UNZIPPED_LIMIT_MB / 2
