// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakeprovider.h"

#include "base/literals.h"

#include <QCryptographicHash>
#include <QTcpSocket>
#include <QTest>

namespace Mailgauge::Test {

namespace {

QUrl back(const QUrl &page, const QList<std::pair<QString, QString>> &items)
{
    const QUrlQuery asked(page);
    QUrl url(asked.queryItemValue(u"redirect_uri"_s, QUrl::FullyDecoded));
    QUrlQuery query;
    query.setQueryItems(items);
    query.addQueryItem(u"state"_s, asked.queryItemValue(u"state"_s, QUrl::FullyDecoded));
    url.setQuery(query);
    return url;
}

QByteArray reply(const QByteArray &status, const QByteArray &body)
{
    return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

} // namespace

FakeProvider::FakeProvider()
{
    if (!m_server.listen(QHostAddress(QHostAddress::LocalHost), 0))
        qFatal("no port for the fake provider");
    connect(&m_server, &QTcpServer::newConnection, this, &FakeProvider::accept);
}

QUrl FakeProvider::authorizationEndpoint() const
{
    return QUrl(u"http://127.0.0.1:%1/authorize?tenant=a%20b"_s.arg(m_server.serverPort()));
}

QUrl FakeProvider::tokenEndpoint() const
{
    return QUrl(u"http://127.0.0.1:%1/token"_s.arg(m_server.serverPort()));
}

QUrl FakeProvider::allow(const QUrl &page)
{
    const QUrlQuery asked(page);
    const QByteArray code = "code-canary-" + QByteArray::number(++m_given);
    m_codes.insert(code, asked.queryItemValue(u"code_challenge"_s).toLatin1());
    return back(page, {{u"code"_s, QString::fromLatin1(code)}});
}

QUrl FakeProvider::deny(const QUrl &page)
{
    return back(
        page, {{u"error"_s, u"access_denied"_s}, {u"error_description"_s, u"The+user+said+no"_s}});
}

void FakeProvider::accept()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
            const QByteArray request = socket->peek(socket->bytesAvailable());
            const qsizetype end = request.indexOf("\r\n\r\n");
            const qsizetype length = request.toLower().indexOf("content-length:");
            if (end < 0 || length < 0)
                return;
            const qsizetype size
                = request.sliced(length + 15).split('\r').first().trimmed().toLongLong();
            if (request.size() < end + 4 + size)
                return;
            socket->readAll();
            answer(socket, request.sliced(end + 4, size));
        });
    }
}

void FakeProvider::answer(QTcpSocket *socket, const QByteArray &form)
{
    forms.append(form);
    switch (mood) {
    case Mood::Honest:
        socket->write(give(QUrlQuery(QString::fromLatin1(form))));
        break;
    case Mood::Silent:
        return;
    case Mood::Huge:
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
            + QByteArray(1024 * 1024, ' '));
        return;
    case Mood::Babbling:
        socket->write(reply("200 OK"_ba, "<html>Welcome to the hotel's network</html>"_ba));
        break;
    case Mood::Elsewhere:
        socket->write("HTTP/1.1 307 Temporary Redirect\r\nLocation: " + tokenEndpoint().toEncoded()
            + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        break;
    }
    socket->disconnectFromHost();
}

QByteArray FakeProvider::refuse(const QByteArray &error) const
{
    return reply("400 Bad Request"_ba,
        "{\"error\":\"" + error + "\",\"error_description\":\"" + spokenRefusal + "\"}");
}

QByteArray FakeProvider::give(const QUrlQuery &form)
{
    const auto value = [&form](const QString &name) {
        return form.queryItemValue(name, QUrl::FullyDecoded).toUtf8();
    };
    if (value(u"client_secret"_s) != clientSecret)
        return refuse("invalid_client"_ba);
    const QByteArray grant = value(u"grant_type"_s);
    const QByteArray shown = value(u"refresh_token"_s);
    if (grant == "authorization_code") {
        const QByteArray challenge = m_codes.take(value(u"code"_s)); // once only
        const QByteArray hash
            = QCryptographicHash::hash(value(u"code_verifier"_s), QCryptographicHash::Sha256)
                  .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        if (challenge.isEmpty() || challenge != hash)
            return refuse("invalid_grant"_ba);
    } else if (grant != "refresh_token" || !m_refreshTokens.contains(shown)) {
        return refuse("invalid_grant"_ba);
    }
    QByteArray body = "{\"token_type\":\"Bearer\",\"access_token\":\"access-canary-"
        + QByteArray::number(++accessTokens) + '"';
    if (lifetime > 0)
        body += ",\"expires_in\":" + QByteArray::number(lifetime);
    if (grant == "authorization_code" || rotates) {
        m_refreshTokens.removeAll(shown);
        m_refreshTokens.append("refresh-canary-" + QByteArray::number(accessTokens));
        body += ",\"refresh_token\":\"" + m_refreshTokens.last() + '"';
    }
    return reply("200 OK"_ba, body + '}');
}

QByteArray exchange(quint16 port, const QByteArray &bytes)
{
    QTcpSocket socket;
    socket.connectToHost(u"127.0.0.1"_s, port);
    QByteArray answer;
    QObject::connect(&socket, &QTcpSocket::connected, &socket, [&] { socket.write(bytes); });
    QObject::connect(&socket, &QTcpSocket::readyRead, &socket, [&] { answer += socket.readAll(); });
    bool over = false;
    QObject::connect(&socket, &QTcpSocket::disconnected, &socket, [&over] { over = true; });
    QObject::connect(&socket, &QTcpSocket::errorOccurred, &socket, [&over] { over = true; });
    [[maybe_unused]] const bool ended = Test::waitFor([&over] { return over; });
    return answer;
}

Relay::OAuthClient FakeProvider::client(const QString &id, const QStringList &scopes) const
{
    return {.clientId = id,
        .authorizationEndpoint = authorizationEndpoint(),
        .tokenEndpoint = tokenEndpoint(),
        .scopes = scopes};
}

void knownProviderRows()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("token");
    QTest::addColumn<bool>("localhost");
    QTest::newRow("Google") << u"smtp.gmail.com"_s << u"https://oauth2.googleapis.com/token"_s
                            << false;
    QTest::newRow("Microsoft") << u"smtp.office365.com"_s
                               << u"https://login.microsoftonline.com/common/oauth2/v2.0/token"_s
                               << true;
}

QByteArray browse(const QUrl &url)
{
    return exchange(static_cast<quint16>(url.port()),
        "GET " + url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority)
            + " HTTP/1.1\r\nHost: " + url.authority().toLatin1() + "\r\n\r\n");
}

} // namespace Mailgauge::Test
