"""Write the lock files anew from pyproject.toml: newest versions, with hashes, for every platform."""

import subprocess
import sys

_COMPILE = [
    sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--universal",
    "--generate-hashes", "--python-version", "3.11", "--no-annotate", "--no-emit-index-url",
    "--custom-compile-command", "make lock", "pyproject.toml",
]  # fmt: skip
_RUN_TIME = ["--extra", "relay", "--extra", "nats", "--extra", "client", "--extra", "build"]
_TESTING = ["--extra", "dev", "-c", "requirements.lock"]
_FUZZING = ["--extra", "fuzz", "-c", "requirements-dev.lock"]

subprocess.run([*_COMPILE, *_RUN_TIME, "-o", "requirements.lock"], check=True)
subprocess.run(
    [*_COMPILE, *_RUN_TIME, *_TESTING, "-o", "requirements-dev.lock"],
    check=True,
)
# A file of its own, as few machines can install what is in it.
subprocess.run([*_COMPILE, *_FUZZING, "-o", "requirements-fuzz.lock"], check=True)
