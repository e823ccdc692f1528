"""The command line's front door: answers `--version` at once and hands everything else to `cli`."""

from __future__ import annotations

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

    return run(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
