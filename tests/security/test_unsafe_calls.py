"""Nothing that is read can run: no pickle, no YAML but the safe one, no unpacked archive."""

from __future__ import annotations

import ast
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from damaged_files import READ, REFUSED, Uploads
from support import SMALL_BANK

from interviewer.config import CHECKOUT_DIR, PACKAGE_DIR
from interviewer.errors import BankFormatError
from interviewer.knowledge.parse import parse_bank_file

RUNS_CODE = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
RUNS_CODE_WHEN_LOADING = {"torch.load", "pandas.read_pickle"}
SAFE_YAML = {"yaml.safe_load", "yaml.safe_dump"}
UNPACKS = {"extractall", "unpack_archive"}
LETS_CODE_IN = {"allow_pickle", "allow_dangerous_deserialization", "trust_remote_code"}


def faults_in(source: str) -> list[str]:
    """Name every import and call that could run what it reads, or write where it says."""
    tree = ast.parse(source)
    imports = set(_imports(tree))
    modules = {name.split(".")[0] for _, name in imports}
    found = sorted(modules & RUNS_CODE)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += _faults_of_a_call(node, imports, bool(modules & {"zipfile", "tarfile"}))
    return found


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Give what each imported name stands for: `load` for `yaml.load`, `np` for `numpy`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.split(".")[0]
                yield bound, alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _faults_of_a_call(
    call: ast.Call, imports: set[tuple[str, str]], archives: bool
) -> Iterator[str]:
    first, dot, rest = ast.unparse(call.func).partition(".")
    meant = {name for bound, name in imports if bound == first} or {first}
    for name in sorted(each + dot + rest for each in meant):
        last = name.rpartition(".")[2]
        if name.startswith("yaml.") and name not in SAFE_YAML:
            yield name
        if name in RUNS_CODE_WHEN_LOADING or last in UNPACKS or (archives and last == "extract"):
            yield name
    for keyword in call.keywords:
        if keyword.arg in LETS_CODE_IN and ast.unparse(keyword.value) != "False":
            yield f"{first}{dot}{rest}({keyword.arg})"


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "def f():\n    import shelve",
        "import yaml\nyaml.load(text, Loader=yaml.FullLoader)",
        "import yaml\nyaml.unsafe_load(text)",
        "import yaml as reader\nreader.load(text, Loader)",
        "from yaml import load as read\nread(text, Loader)",
        "import numpy as np\nnp.load(path, allow_pickle=True)",
        "import numpy as np\nnp.load(path, allow_pickle=wanted)",
        "def f():\n    from json import load\ndef g():\n    from yaml import load\n    load(text)",
        "import torch\ntorch.load(path)",
        "from torch import load\nload(path)",
        "import pandas as pd\npd.read_pickle(path)",
        "FAISS.load_local(folder, allow_dangerous_deserialization=True)",
        "AutoModel.from_pretrained(name, trust_remote_code=True)",
        "import zipfile\nzipfile.ZipFile(path).extractall(folder)",
        "from zipfile import ZipFile\nZipFile(path).extract(name)",
        "import shutil\nshutil.unpack_archive(path)",
    ],
)
def test_what_could_run_or_write_is_found(source: str) -> None:
    assert len(faults_in(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import yaml\nyaml.safe_load(text)",
        "from yaml import safe_load\nsafe_load(text)",
        "import numpy as np\nnp.load(path, allow_pickle=False)",
        "from zipfile import ZipFile\nZipFile(file).read(name)",
        "from rapidfuzz import process\nprocess.extract(word, words)",
    ],
)
def test_what_only_reads_is_let_through(source: str) -> None:
    assert faults_in(source) == []


def test_the_package_reads_nothing_that_could_run() -> None:
    paths = [*PACKAGE_DIR.rglob("*.py"), CHECKOUT_DIR / "app.py"]
    sources = {path: path.read_text(encoding="utf-8") for path in paths}
    assert len(sources) > 100
    assert sum("yaml.safe_load" in source for source in sources.values()) >= 1
    found = {str(path): faults_in(source) for path, source in sources.items()}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_front_matter_makes_no_object_and_runs_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    path = f'!!python/object/apply:pathlib.Path ["{mark}"]'
    order = f"!!python/object/apply:pathlib.Path.touch [{path}]"
    text = SMALL_BANK.replace("topic: regularization", f"topic: {order}")
    with pytest.raises(BankFormatError, match="not valid YAML"):
        parse_bank_file(text, "ml-fundamentals/regularization.md")
    assert not mark.exists()


@pytest.mark.parametrize("name", ["notes.zip", "cards.apkg", "notes.md"])
def test_an_archive_is_not_unpacked(name: str, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../outside.md", "## What is an archive?\n\nA file of files.\n")
        archive.writestr("inside.md", "## What is an archive?\n\nA file of files.\n")
    outcome = Uploads(tmp_path / "watched").hand_in("archive", name, packed.getvalue())
    assert (outcome.what in (READ, REFUSED), outcome.questions) == (True, 0), outcome
    assert outcome.elsewhere == ()
