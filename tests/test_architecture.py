"""The parts import along the arrows of the design and never back; heavy imports stay lazy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "interviewer"
ROOT = PACKAGE.parent

ASKING = {"servers", "deadline", "retries"}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "models": {"errors"},
    "text": {"errors", "models"},
    "servers": {"errors"},
    "deadline": {"errors"},
    "retries": {"deadline", "servers"},
    "config": {"errors", "servers"},
    "usage": {"errors", "models", "deadline"},
    "files": {"errors"},
    "knowledge": {"errors", "models", "text"},
    "retrieval": {"errors", "models", "text", *ASKING, "config", "knowledge"},
    "llm": {"errors", "models", "text", *ASKING, "config", "usage"},
    "grading": {"errors", "models", "text", "deadline", "config", "knowledge", "retrieval", "llm"},
    "interview": {"errors", "models", "text", "grading"},
    "interviewing": {"errors", "models", "text", "deadline", "config", "llm", "interview"},
    "store": {"errors", "models", "interview"},
    "reports": {"errors", "models", "text", "usage", "knowledge", "grading"},
}
BELOW_EDGES = set(ALLOWED)
ALLOWED["turns"] = {"errors", "models", "deadline", "usage", "interview", "interviewing"}
SERVICE = set(ALLOWED) - {"config"}
ALLOWED["service"] = SERVICE
ALLOWED["workspace"] = set(ALLOWED) | {"service"}
ALLOWED["evaluation"] = BELOW_EDGES
EDGES = {"cli", "ui", "terminal", "__main__", "__init__"}

LAZY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "langchain",
    "langchain_community",
    "langchain_openai",
    "openai",
    "onnx",
    "onnxscript",
    "pandas",
}
UNSAFE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _part(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            if node.module == "interviewer":
                yield from ((f"interviewer.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno


def _imports_when_loaded(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The imports that run when the module is imported: not in functions, not for types only."""
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _imports(node)


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_lies_before_it(path: Path) -> None:
    part = _part(path)
    if part in EDGES:
        return
    assert part in ALLOWED, f"{part} has no place in the architecture: give it one here"
    for name, line in _imports(ast.parse(path.read_text(encoding="utf-8"))):
        if name.startswith("interviewer."):
            target = name.split(".")[1]
            allowed = target == part or target in ALLOWED[part]
            assert allowed, f"{path.relative_to(ROOT)}:{line}: {part} must not import {target}"


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_loads_without_heavy_libraries_and_never_unpickles(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name, line in _imports_when_loaded(tree):
        top = name.split(".")[0]
        assert top not in LAZY, f"{path.relative_to(ROOT)}:{line}: import {top} where it is used"
    for name, line in _imports(tree):
        top = name.split(".")[0]
        assert top not in UNSAFE, f"{path.relative_to(ROOT)}:{line}: {top} runs code when it loads"


def test_langchain_community_is_imported_in_one_module_only() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in _modules()
        for name, _ in _imports(ast.parse(path.read_text(encoding="utf-8")))
        if name.startswith("langchain_community")
    }
    assert users <= {"retrieval/langchain_faiss.py"}


def test_no_page_renders_raw_html() -> None:
    for path in _modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword):
                assert node.arg not in {"unsafe_allow_html", "unsafe_allow_javascript"}, path
            if isinstance(node, ast.Attribute):
                assert node.attr != "allow_dangerous_deserialization", path
