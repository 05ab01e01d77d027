#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the #include lines of core/, ui/ and app/ and fails where a folder includes what it may not.

Linking alone does not catch a breach: Debian has one include root for all of Qt."""
import re
import sys
from pathlib import Path

# folder of core/ -> folders of core/ that it may include besides itself
CORE = {
    "base": [],
    "sasl": ["base"],
    "tls": ["base"],
    "mime": ["base"],
    "dns": ["base"],
    "smtp": ["base", "sasl"],
    "mailauth": ["base", "mime", "dns"],
    # Session records and relay profiles hold TLS facts: plain values of tls/.
    # Lines of a transcript hold encoded words and charsets, which mime/ decodes.
    "transcript": ["base", "smtp", "tls", "mime"],
    # One table of reply knowledge for sentences and for the reasons of bounces.
    "bounce": ["base", "smtp", "mime", "explain"],
    "explain": ["base", "smtp", "tls"],
    "relay": ["base", "sasl", "smtp", "tls"],
    "net": ["base", "sasl", "tls", "smtp", "dns", "transcript", "relay"],
    "stats": ["base", "smtp", "bounce", "transcript"],
    "sandbox": ["base", "sasl", "smtp", "tls", "mime", "dns", "mailauth", "transcript", "net"],
}
CORE["delivery"] = ["base", "sasl", "tls", "smtp", "mime", "dns", "mailauth", "transcript", "bounce", "explain", "relay", "net"]
# Everything that leaves in one archive, and sessions that come back.
CORE["bundle"] = ["base", "smtp", "tls", "mime", "transcript", "explain", "relay"]
CORE["campaign"] = CORE["delivery"] + ["delivery", "stats"]
CORE["diagnose"] = CORE["delivery"] + ["delivery", "stats"]
CORE["store"] = ["base", "smtp", "tls", "mime", "transcript", "bounce", "relay", "sandbox", "stats", "campaign", "diagnose"]

NOT_FOR_UI = {"net", "store"}
PROTOCOL = {"base", "sasl", "tls", "smtp", "mime", "mailauth", "stats", "bounce", "explain"}
WIDGETS = re.compile(r"^(Q(Widget|MainWindow|Dialog|PushButton|Label|LineEdit|TableView|TreeView|ListView|Application"
                     r"|Menu|ToolBar|DockWidget|MessageBox|FileDialog|StyledItemDelegate|PlainTextEdit|TextEdit|WebEngine\w*))$"
                     r"|^QtWidgets")
SOCKETS = re.compile(r"^Q(TcpSocket|TcpServer|SslSocket|LocalSocket|LocalServer|UdpSocket|AbstractSocket|Timer|NetworkAccessManager)$")
FORGIVES = re.compile(r"\b(SSL_VERIFY_NONE|X509_STORE_CTX_set_error|SSL_CTX_set_cert_verify_callback|VerifyNone|QueryPeer)\b")
JUDGES = {"core/tls/tlsstream.cpp", "core/tls/tlsverifier.cpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def check(relative, text):
    """The breaches of one file as (line, sentence)."""
    top, folder = relative.parts[0], relative.parts[1] if len(relative.parts) > 2 else ""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if top == "core" and re.search(r"\btr\(\s*[\"u]|QCoreApplication::translate", line):
            found.append((number, "core never translates: sentences come from explain/"))
        # faults C10: a certificate's fault is passed over in one audited place only.
        if "ignoreSslErrors" in line:
            found.append((number, "certificate errors are judged by core/tls, never ignored"))
        if FORGIVES.search(line) and relative.as_posix() not in JUDGES:
            found.append((number, "only core/tls/tlsverifier and tlsstream decide about a certificate"))
        match = INCLUDE.match(line)
        if not match:
            continue
        style, name = match.groups()
        target = name.split("/")[0] if style == '"' and "/" in name else None
        if top == "core":
            if folder not in CORE:
                found.append((number, f"core/{folder} is not in the table of layering.py"))
            elif target and target != folder and target not in CORE[folder]:
                found.append((number, f"core/{folder} may not include {target}/"))
            base = name.split("/")[-1]
            if WIDGETS.search(name) or WIDGETS.search(base):
                found.append((number, "core never includes Widgets"))
            if folder in PROTOCOL and SOCKETS.search(base):
                found.append((number, f"core/{folder} has no sockets and no timers"))
        elif top == "ui":
            panels = {"compose", "transcript", "relays", "campaign", "results", "bounces", "diagnose", "sandbox", "sessions"}
            shared = {"base", "models", "theme", "widgets"}
            if target in NOT_FOR_UI:
                found.append((number, f"ui never includes {target}/: it calls services"))
            if SOCKETS.search(name) and "Timer" not in name:
                found.append((number, "ui never speaks SMTP: no socket here"))
            own = (folder == target)
            if target == "shell" and folder != "shell":
                found.append((number, "only ui/shell includes the shell"))
            if folder == "models" and (WIDGETS.search(name)):
                found.append((number, "ui/models has no widgets"))
            if folder == "widgets" and target and target not in shared:
                found.append((number, "ui/widgets knows no domain type"))
            # transcript, sandbox, results … exist in core too; the header tells which is meant.
            if folder in panels and not own and target in panels and name.endswith(("panel.h", "dialog.h", "delegate.h", "view.h")):
                found.append((number, f"panel {folder} may not include panel {target}"))
        if target == "store" and top not in ("app",) and not (top == "core" and folder == "store"):
            if not any(number == n for n, _ in found):
                found.append((number, "only app includes store/"))
    return found


def selftest():
    cases = [
        ("core/smtp/x.cpp", '#include "net/connection.h"', True),
        ("core/smtp/x.cpp", '#include "base/error.h"', False),
        ("core/smtp/x.cpp", "#include <QTimer>", True),
        ("core/net/x.cpp", "#include <QTimer>", False),
        ("core/net/x.cpp", "#include <QWidget>", True),
        ("core/explain/x.cpp", 'return tr("no");', True),
        ("ui/compose/x.cpp", '#include "relays/relayspanel.h"', True),
        ("ui/compose/x.cpp", '#include "store/database.h"', True),
        ("ui/compose/x.cpp", "#include <QTcpSocket>", True),
        ("ui/shell/x.cpp", '#include "compose/composepanel.h"', False),
        ("ui/models/x.cpp", "#include <QWidget>", True),
        ("app/gui/x.cpp", '#include "store/database.h"', False),
        ("core/sandbox/x.cpp", '#include "delivery/sendservice.h"', True),
        ("core/net/x.cpp", "reply->ignoreSslErrors();", True),
        ("core/net/x.cpp", "X509_STORE_CTX_set_error(context, X509_V_OK);", True),
        ("core/tls/tlsstream.cpp", "X509_STORE_CTX_set_error(context, X509_V_OK);", False),
    ]
    wrong = [c for c in cases if bool(check(Path(c[0]), c[1])) != c[2]]
    for case in wrong:
        print("selftest:", case)
    return 1 if wrong else 0


def main():
    if sys.argv[1:] == ["--selftest"]:
        return selftest()
    root = Path(sys.argv[1])
    breaches = 0
    for top in ("core", "ui", "app"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            for number, sentence in check(path.relative_to(root), path.read_text(encoding="utf-8")):
                print(f"{path.relative_to(root)}:{number}: {sentence}")
                breaches += 1
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
