// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// An OAuth 2.0 provider on loopback: the token endpoint speaks HTTP, the page where users say yes
/// is played by allow() and deny().
#include "relay/relayprofile.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QTcpServer>
#include <QUrl>
#include <QUrlQuery>

namespace Mailgauge::Test {

class FakeProvider final : public QObject {
    Q_OBJECT

public:
    enum class Mood : quint8 {
        Honest,
        Silent, ///< Takes the request and says nothing.
        Huge, ///< Answers without end.
        Babbling, ///< Answers a page.
        Elsewhere, ///< Redirects to another host's token endpoint.
    };

    FakeProvider();

    [[nodiscard]] QUrl authorizationEndpoint() const;
    [[nodiscard]] QUrl tokenEndpoint() const;
    /// Who signs in there.
    [[nodiscard]] Relay::OAuthClient client(const QString &id, const QStringList &scopes) const;

    /// Where the browser goes when the user has said yes at that page.
    [[nodiscard]] QUrl allow(const QUrl &page);
    /// When the user has said no.
    [[nodiscard]] static QUrl deny(const QUrl &page);
    /// Takes every refresh token back.
    void revoke() { m_refreshTokens.clear(); }

    Mood mood = Mood::Honest;
    bool rotates = false; ///< A new refresh token with each access token.
    qint64 lifetime = 3600; ///< Of an access token, in seconds; 0: not told.
    QByteArray clientSecret; ///< What the client has to show; empty: nothing.
    QByteArray spokenRefusal; ///< Further words of each refusal.
    QList<QByteArray> forms; ///< What came to the token endpoint.
    int accessTokens = 0; ///< Given so far: "access-canary-1", …

private:
    void accept();
    void answer(QTcpSocket *socket, const QByteArray &form);
    [[nodiscard]] QByteArray refuse(const QByteArray &error) const;
    [[nodiscard]] QByteArray give(const QUrlQuery &form);

    QTcpServer m_server;
    QHash<QByteArray, QByteArray> m_codes; ///< Code → challenge.
    QList<QByteArray> m_refreshTokens;
    int m_given = 0;
};

/// Rows "host", "token" (endpoint) and "localhost" of providers whose endpoints are known.
void knownProviderRows();

/// GETs it as a browser does, and returns the whole answer; empty where nobody listens.
[[nodiscard]] QByteArray browse(const QUrl &url);
/// Sends those bytes there and returns what comes back until the other side closes.
[[nodiscard]] QByteArray exchange(quint16 port, const QByteArray &bytes);

} // namespace Mailgauge::Test
