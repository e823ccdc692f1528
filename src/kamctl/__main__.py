"""The command line's front door: answers `--version` at once and hands everything else to `cli`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run kamctl with the arguments of the process and return its exit code."""
    if sys.argv[1:] == ["--version"]:
        from kamctl import __version__

        sys.stdout.write(f"kamctl {__version__}\n")
        return 0
    import gc

    gc.set_threshold(100_000, 50, 50)  # a command is short and makes few circles; walking its objects costs more
    from kamctl.cli import run

    return _leave(run(sys.argv[1:]))


def _leave(code: int) -> int:
    """End the process at once: taking thousands of objects down one by one takes longer than many a command."""
    if "coverage" in sys.modules:
        return code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    raise SystemExit(main())
