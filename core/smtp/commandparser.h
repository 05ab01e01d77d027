// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "smtp/mailbox.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace Mailgauge::Smtp {

enum class Verb : quint8 {
    Ehlo,
    Helo,
    Lhlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Bdat,
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
    Known, ///< A verb of SMTP that the server does not implement (EXPN, TURN …).
    Foreign, ///< The first word of another protocol (GET, POST, CONNECT …): the client is no
             ///< mailer.
    Unknown,
};

/// A command line cut into its verb and the rest.
struct ServerCommand {
    Verb verb = Verb::Unknown;
    QByteArray argument; ///< Without the space before it and trailing spaces.

    bool operator==(const ServerCommand &) const = default;
};

/// `line` comes without its CRLF. The verb may be in any case (RFC 5321 2.4).
[[nodiscard]] ServerCommand parseCommand(QByteArrayView line);

/// An ESMTP parameter of MAIL or RCPT: the keyword in upper case, the value as sent.
struct PathParameter {
    QByteArray keyword;
    QByteArray value;

    bool operator==(const PathParameter &) const = default;
};

/// What stands behind MAIL and RCPT.
struct PathArgument {
    std::optional<Mailbox> mailbox; ///< None: the null path `<>`.
    QList<PathParameter> parameters;

    bool operator==(const PathArgument &) const = default;
};

/// Reads `FROM:<path> KEY=VALUE …`; `word` is "FROM:" or "TO:", in any case. A source route is
/// dropped (RFC 5321 4.1.2, C). InvalidInput where the grammar is broken.
[[nodiscard]] Base::Result<PathArgument> parsePathArgument(
    QByteArrayView argument, QByteArrayView word);

} // namespace Mailgauge::Smtp
