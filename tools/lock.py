"""Write the lock files anew from pyproject.toml: newest versions, with hashes, for every platform."""

import subprocess
import sys

_COMPILE = [
    sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--universal",
    "--generate-hashes", "--python-version", "3.11", "--no-annotate", "--no-emit-index-url",
    "--custom-compile-command", "make lock", "pyproject.toml",
]  # fmt: skip
_RUN_TIME = ["--extra", "relay", "--extra", "client", "--extra", "build"]

subprocess.run([*_COMPILE, *_RUN_TIME, "-o", "requirements.lock"], check=True)
subprocess.run(
    [*_COMPILE, "--all-extras", "-c", "requirements.lock", "-o", "requirements-dev.lock"],
    check=True,
)
