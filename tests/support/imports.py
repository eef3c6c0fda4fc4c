"""What a package's code can bring in, read from its source, and what of that could decrypt."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

# All that a relay may take from the library: the check of an Ed25519 signature.
ALLOWED = frozenset(
    {
        "cryptography.exceptions.InvalidSignature",
        "cryptography.hazmat.primitives.asymmetric.ed25519.Ed25519PublicKey",
    }
)
# And what these bring with them when they are loaded. `ssl` of the standard library is loaded too:
# it protects the way to the relay, and is no concern here.
LOADED = frozenset(
    {
        "cryptography",
        "cryptography.__about__",
        "cryptography.exceptions",
        "cryptography.hazmat",
        "cryptography.hazmat.bindings",
        "cryptography.hazmat.bindings._rust",
        "cryptography.hazmat.primitives",
        "cryptography.hazmat.primitives._serialization",
        "cryptography.hazmat.primitives.asymmetric",
        "cryptography.hazmat.primitives.asymmetric.ed25519",
        "cryptography.hazmat.primitives.hashes",
        "cryptography.utils",
    }
)
# Whatever else could open a token or a client's envelope, or lead to something that can.
_FORBIDDEN = frozenset(
    {
        "Crypto", "Cryptodome", "OpenSSL", "_ctypes", "cffi", "ctypes", "gnupg",
        "msgpack", "nacl", "oscrypto", "pyaes", "pysodium", "sussurro_client",
    }
)  # fmt: skip
# Ways around an import statement, and to another program that could.
_DETOURS = frozenset(
    {"__import__", "eval", "exec", "import_module", "popen", "run_module", "run_path", "system"}
)
# (`_cffi_backend` is loaded by the library's binding, and is for nobody else to use.)
_DETOUR_MODULES = frozenset(
    {"_cffi_backend", "importlib.util", "multiprocessing", "runpy", "subprocess"}
)


def forbidden_in_source(folder: Path) -> list[str]:
    """Return what the code under ``folder`` must not bring in, as FILE: NAME."""
    return sorted(
        f"{path.relative_to(folder)}: {name}"
        for path in folder.rglob("*.py")
        for name in _brought_in(ast.parse(path.read_text()))
        if _is_forbidden(name)
    )


def forbidden_among_loaded(modules: Iterable[str]) -> list[str]:
    """Return which of the names of loaded modules must not be there."""
    return sorted(
        name
        for name in modules
        if name.partition(".")[0] in _FORBIDDEN
        or (name.partition(".")[0] == "cryptography" and name not in LOADED)
    )


def _is_forbidden(name: str) -> bool:
    root = name.partition(".")[0]
    if root == "cryptography":
        return name not in ALLOWED
    return root in _FORBIDDEN or name in _DETOURS or _is_under(name, _DETOUR_MODULES)


def _is_under(name: str, modules: Iterable[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def _brought_in(tree: ast.AST) -> Iterator[str]:
    """Return each name that is imported, wherever it stands, and each detour that is called."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                yield name
