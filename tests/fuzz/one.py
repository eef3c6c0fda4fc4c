"""One target under atheris: ``python -m tests.fuzz.one TARGET [libFuzzer's arguments]``.

A process of its own, since libFuzzer ends it: at the last input, or at the first that fails.
"""

import shlex
import sys

import atheris

# What is imported here is instrumented, so that atheris sees which branches an input takes.
with atheris.instrument_imports(
    include=["sussurro_wire", "sussurro_relay", "sussurro_client"], enable_loader_override=False
):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Run the target that the first argument names."""
    name = sys.argv[1]
    # Merging starts processes of its own, as a shell would start the first word.
    itself = shlex.join((sys.executable, "-m", "tests.fuzz.one", name))
    atheris.Setup([itself, *sys.argv[2:]], TARGETS[name].check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
