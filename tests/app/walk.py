#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A walk through the real window on an X server, by keyboard as a person would: walk.py MAILGAUGE CLI DIRECTORY

Start, Ctrl+Return, outcome, the mail in the sandbox, the session exported. A picture of each step stays in DIRECTORY."""
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

LIMIT = 60


def until(what, probe):
    """Asks again until the probe gives something; nothing is ever waited for without asking."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        found = probe()
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"walk: {what} did not happen within {LIMIT} s")


def main():
    program, cli, directory = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    for tool in ("Xvfb", "xdotool"):
        if not shutil.which(tool):
            print(f"walk: {tool} is not installed: run ./dev test")
            sys.exit(77)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    data = directory / "data"

    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
                              pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    window_program = None
    try:
        with os.fdopen(read) as pipe:
            env = dict(os.environ, DISPLAY=f":{pipe.readline().strip()}", QT_QPA_PLATFORM="xcb", QT_QPA_PLATFORMTHEME="")

        def xdotool(*words):
            return subprocess.run(["xdotool", *words], env=env, capture_output=True, text=True).stdout.strip()

        def picture(name):
            if shutil.which("scrot"):
                subprocess.run(["scrot", "-o", str(directory / f"{name}.png")], env=env, stderr=subprocess.DEVNULL)

        def sessions():
            run = subprocess.run([cli, "--data-dir", str(data), "sessions", "list", "--json"], capture_output=True, text=True)
            try:
                return [one for one in json.loads(run.stdout) if one.get("outcome") == "accepted"]
            except ValueError:
                return []

        window_program = subprocess.Popen([program, "--data-dir", str(data)], env=env, stderr=subprocess.PIPE)
        window = until("the window", lambda: xdotool("search", "--onlyvisible", "--name", "^Mailgauge")).split()[0]
        xdotool("windowfocus", "--sync", window)
        picture("1-started")
        # The sandbox may need a moment to listen: press again until something was sent.
        until("an accepted session after Ctrl+Return",
              lambda: xdotool("key", "--clearmodifiers", "ctrl+Return") or sessions())
        picture("2-sent")
        xdotool("key", "--clearmodifiers", "ctrl+7")
        picture("3-sandbox")
        exported = directory / "session.zip"
        xdotool("key", "--clearmodifiers", "ctrl+2")

        def visible(name):
            return xdotool("search", "--onlyvisible", "--name", name).split()

        def export():
            if not visible("^Export"):
                xdotool("key", "--clearmodifiers", "ctrl+shift+e")
                return False
            chooser = visible("^Save Export")
            if not chooser:
                # Until what leaves is put together the button is disabled.
                xdotool("windowfocus", "--sync", visible("^Export")[0])
                picture("4-export")
                xdotool("key", "--clearmodifiers", "alt+s")
                return False
            xdotool("windowfocus", "--sync", chooser[0])
            xdotool("key", "--clearmodifiers", "ctrl+a")
            xdotool("type", "--delay", "5", str(exported))
            xdotool("key", "Return")
            return True

        def transcript():
            if not zipfile.is_zipfile(exported):
                return None
            with zipfile.ZipFile(exported) as bundle:
                return bundle.read("transcript.txt").decode("utf-8")

        until("the export dialog", export)
        text = until("the exported session", transcript)
        until("the export dialog to go", lambda: not visible("^Export"))
        for word in ("EHLO", "MAIL FROM:", "RCPT TO:", "DATA", "250", "QUIT"):
            if word not in text:
                sys.exit(f"walk: the exported session has no {word}")
        xdotool("windowfocus", "--sync", window)
        picture("5-done")
        xdotool("key", "--clearmodifiers", "ctrl+q")
        try:
            code = window_program.wait(LIMIT)
        except subprocess.TimeoutExpired:
            sys.exit("walk: the window did not close")
        if code != 0:
            sys.exit(f"walk: the program ended with {code}: {window_program.stderr.read().decode()}")
        print("1 passed, 0 failed")
    finally:
        if window_program and window_program.poll() is None:
            window_program.kill()
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
