#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks, each as a ratio to a peer or a limit measured in the same run.

    ./dev bench            all of them
    ./dev bench start      time until the window is shown, against an empty QMainWindow
    ./dev bench transcript append and filter of a million lines, against QPlainTextEdit
    ./dev bench sessions   opening a stored session of a million entries, and how long the window stalls
    ./dev bench engine     messages per second and CPU per message, against smtp-source
    ./dev bench memory     resident memory over a million messages
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15


def until_shown(command, env):
    """Seconds from the start of a program to the line "shown"."""
    begin = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in process.stdout:
        if line.strip() == "shown":
            taken = time.monotonic() - begin
            process.wait(20)
            return taken
    sys.exit(f"{command[0]} ended without showing a window (exit {process.wait()})")


def with_display(action):
    """Runs the action on an X server of its own where there is no display."""
    if os.environ.get("DISPLAY"):
        return action(dict(os.environ))
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
                              pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            display = pipe.readline().strip()
        return action(dict(os.environ, DISPLAY=f":{display}", QT_QPA_PLATFORM="xcb"))
    finally:
        server.terminate()
        server.wait()


def libraries_of(program):
    lines = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return [line.split("=>")[1].split()[0] for line in lines if "=> /" in line]


def bench_start(build):
    ours = str(build / "bin/mailgauge")
    peer = str(build / "bin/bench_emptywindow")

    def measure(env):
        with tempfile.TemporaryDirectory() as home:
            # What the same libraries cost before main() is reached is the floor for any program that uses them.
            loading = dict(env, LD_PRELOAD=":".join(libraries_of(ours)))
            sides = [lambda: until_shown([ours, "--data-dir", home, "--leave-when-shown"], env),
                     lambda: until_shown([peer], env), lambda: until_shown([peer], loading)]
            for side in sides:
                side()  # warm caches
            # In turns, so that whatever else the machine does meets all of them.
            rounds = [[side() for side in sides] for _ in range(RUNS)]
        return [statistics.median(side) * 1000 for side in zip(*rounds)]

    ours_ms, peer_ms, loading_ms = with_display(measure)
    return {"bench": "start", "mailgaugeMs": round(ours_ms, 1), "emptyWindowMs": round(peer_ms, 1),
            "emptyWindowSameLibrariesMs": round(loading_ms, 1), "ratio": round(ours_ms / peer_ms, 2),
            "ratioSameLibraries": round(ours_ms / loading_ms, 2), "limit": 2.0, "met": ours_ms / peer_ms <= 2.0}


def bench_program(name, program_name=None, *arguments):
    def run(build):
        program = build / "bin" / f"bench_{program_name or name}"
        if not program.exists():
            return {"bench": name, "missing": str(program)}
        env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
        # Where Debian has smtp-source and smtp-sink.
        env["PATH"] = env.get("PATH", "") + ":/usr/sbin"
        done = subprocess.run([str(program), *arguments], env=env, stdout=subprocess.PIPE, text=True, check=True)
        return {"bench": name} | json.loads(done.stdout)

    return run


BENCHES = {"start": bench_start, "transcript": bench_program("transcript"),
           "sessions": bench_program("sessions"), "engine": bench_program("engine"),
           "memory": bench_program("memory", "engine", "memory")}


def main():
    build = Path(sys.argv[1])
    wanted = sys.argv[2:] or list(BENCHES)
    for name in wanted:
        if name not in BENCHES:
            sys.exit(f"no benchmark is called {name}; there are: {', '.join(BENCHES)}")
        print(json.dumps(BENCHES[name](build)), flush=True)


if __name__ == "__main__":
    main()
