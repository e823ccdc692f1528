"""Work at the same time: half of it in a second process where that pays, or while other programs are waited for."""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


def in_halves(items: Sequence[T], few: int, work: Callable[[Sequence[T]], dict[str, Any]]) -> dict[str, Any]:
    """Return what `work` makes of all items, by name; with more than `few` of them a second process does half.

    What `work` returns must be plain values that marshal knows. Where a process cannot be split, or the second one
    is killed, the first does everything.
    """
    if len(items) <= few or not hasattr(os, "fork") or (os.cpu_count() or 1) < 2 or _has_threads():
        return work(items)
    half = len(items) // 2
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:  # too many processes, or too little memory
        os.close(reading)
        os.close(writing)
        return work(items)
    if child == 0:
        os.close(reading)  # so that writing fails, and does not wait, once the first process is gone
        _work_in_child(items[half:], work, writing)
    os.close(writing)
    done = work(items[:half])
    with os.fdopen(reading, "rb") as stream:
        raw = stream.read()
    with suppress(ChildProcessError):  # where the caller of kamctl ignores SIGCHLD, the system has done it
        os.waitpid(child, 0)
    try:
        rest: dict[str, Any] = marshal.loads(raw)
    except (EOFError, ValueError, TypeError):
        rest = work(items[half:])
    return done | rest


def begun(work: Callable[[], T]) -> Callable[[], T]:
    """Begin work that waits for other programs most of the time.

    Returns what waits for its end and returns its result, or raises what it raised.
    """
    from threading import Thread

    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    def result() -> T:
        thread.join()
        if failed:
            raise failed[0]
        return done[0]

    thread = Thread(target=run, daemon=True)
    thread.start()
    return result


def _work_in_child(items: Sequence[T], work: Callable[[Sequence[T]], dict[str, Any]], writing: int) -> None:
    """Do the work, write the result into the pipe, and end without any clean-up."""
    try:
        result = marshal.dumps(work(items))
        with os.fdopen(writing, "wb") as stream:
            stream.write(result)
    finally:
        os._exit(0)


def _has_threads() -> bool:
    threading = sys.modules.get("threading")
    return threading is not None and threading.active_count() > 1
