"""Processes that are forked off, in an interpreter of their own: no test forks the tests."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

BEGIN = """
import os, signal, subprocess, sys, time
from adapter.cli.forked import of_fork
"""


def ran(script: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", BEGIN + textwrap.dedent(script)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_its_result_is_its_exit_status_and_what_it_printed_is_there() -> None:
    done = ran("""
        def serve():
            print("here")
            return 75
        print("before", end=" ")
        child = of_fork(serve)()
        status = child.wait()
        print(status, child.poll(), child.wait(1))
    """)
    assert done.stdout == "before here\n75 75 75\n"
    assert done.stderr == ""


def test_what_it_did_not_foresee_is_told_and_ends_it_with_1() -> None:
    done = ran("""
        def serve():
            raise ZeroDivisionError("so")
        print(of_fork(serve)().wait())
    """)
    assert done.stdout == "1\n"
    assert "ZeroDivisionError: so" in done.stderr


@pytest.mark.parametrize(("how", "status"), [("terminate", -15), ("kill", -9)])
def test_a_signal_ends_it_whatever_its_parent_does_with_signals(how: str, status: int) -> None:
    done = ran(f"""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = of_fork(lambda: time.sleep(60))()
        child.{how}()
        print(child.wait(30))
        child.{how}()
    """)
    assert done.stdout == f"{status}\n", done.stderr


def test_it_is_deaf_to_ctrl_c_and_its_parent_is_not() -> None:
    done = ran("""
        mask = lambda: signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
        child = of_fork(lambda: int(mask()))()
        print(child.wait(), mask())
    """)
    assert done.stdout == "1 False\n"


def test_who_waits_for_it_may_give_up() -> None:
    done = ran("""
        child = of_fork(lambda: time.sleep(60))()
        try:
            child.wait(0.1)
        except subprocess.TimeoutExpired:
            print("expired", child.poll())
        child.kill()
        print(child.wait())
    """)
    assert done.stdout == "expired None\n-9\n"


def test_its_standard_input_ends_with_its_parent_alone() -> None:
    done = ran("""
        def serve():
            os.read(0, 1)
            print("alone", flush=True)
            return 0
        first = of_fork(serve)()
        second = of_fork(lambda: time.sleep(60))()
        time.sleep(0.2)
        print("parent", flush=True)
        second.kill()
        second.wait()
        os._exit(0)
    """)
    assert done.stdout == "parent\nalone\n"
