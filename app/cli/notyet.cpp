// SPDX-License-Identifier: GPL-3.0-or-later
#include "notyet.h"

#include "base/literals.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Cli {

namespace {

struct Row {
    const char *command;
    const char *what;
};

/// Take a row out when its feature comes in.
constexpr std::array rows {
    // Message
    Row {"send", "--dkim-key"},
    Row {"send", "--dkim-domain"},
    Row {"send", "--dkim-selector"},
    // Subcommands
    Row {"", "spf"},
    Row {"", "dkim"},
    Row {"", "dmarc"},
    Row {"", "arc"},
    Row {"check", "domain"},
    Row {"check", "message"},
    Row {"", "campaign"},
};

} // namespace

bool isNotYet(QByteArrayView command, QByteArrayView what)
{
    return std::ranges::any_of(rows, [command, what](const Row &row) {
        return command == QByteArrayView(row.command) && what == QByteArrayView(row.what);
    });
}

QString notYet(QByteArrayView what)
{
    return u"%1 is not supported in this version"_s.arg(QString::fromUtf8(what));
}

} // namespace Mailgauge::Cli
