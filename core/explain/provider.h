// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QRegularExpression>
#include <QString>

#include <optional>

namespace Mailgauge::Explain {

/// A service whose mail servers mean something of their own by their replies, and how to know them:
/// facts of resources/explain/providers.json. Pure functions, any thread.
struct Provider {
    QByteArray id; ///< "google"
    QString name; ///< "Google", as people call it; never translated.
    /// Suffixes of host names by whole labels; an asterisk stands for one label of any name.
    QList<QByteArray> hosts;
    std::optional<QRegularExpression> signature; ///< What only its own replies and greetings hold.
};

[[nodiscard]] const QList<Provider> &providers();
/// By its id or its name, any case; null where there is none.
[[nodiscard]] const Provider *findProvider(const QString &idOrName);

// Ids; empty where nobody is recognised.

/// The one whose servers bear this name; a dot at the end does not matter, an address is nobody's.
[[nodiscard]] QByteArray providerOfHost(QByteArrayView host);
/// The one that signed the text of a reply or greeting.
[[nodiscard]] QByteArray providerOfText(const QString &text);
/// Whose server a session was with: by the name that was reached, else by its greeting (the text
/// behind 220, RFC 5321 4.2: it begins with the server's name).
[[nodiscard]] QByteArray providerOf(const QString &host, const QByteArray &greeting);

} // namespace Mailgauge::Explain
