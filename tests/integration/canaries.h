// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Secrets to look for, a server that repeats them, and where the program may have left them.
#include "bundle/bundlearchive.h"
#include "clirunner.h"
#include "secretforms.h"

#include "base/literals.h"

#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <memory>

namespace Mailgauge::Test {

inline const QByteArrayList passwords {"c4n4ry-s3cret"_ba, "quote\"d\\back'tick`c4n4ry"_ba,
    "p\xc3\xa4ssw\xc3\xb6rt-c4n4ry"_ba, "%63%34n4ry%00%0a"_ba, "YzRuNHJ5LWlzLWJhc2U2NA=="_ba,
    "<b>&amp;c4n4ry</b>"_ba, "user=c4n4ry,auth=Bearer x"_ba, " c4n4ry with  spaces "_ba,
    "nbsp\xc2\xa0"
    "c4n4ry\xe2\x82\xac"_ba,
    "c4n4ry/../../etc/passwd?x=1&y=2#z"_ba, "c4n$4ry!"_ba, "l0ng-c4n4ry."_ba.repeated(20)};

/// RFC 6750 2.1 has fewer characters.
inline QByteArrayList tokens()
{
    QByteArrayList list;
    for (QByteArray token : passwords) {
        for (char &c : token)
            c = c > ' ' && c < '\x7f' ? c : '~';
        list.append("ya29." + token);
    }
    return list;
}

/// Takes any AUTH, asks on as its mechanism does, and refuses with the secret in every form and
/// with all that the client said. One secret per connection, in their order.
class EchoingServer final : public QObject {
public:
    EchoingServer(QByteArray mechanism, QByteArrayList secrets)
        : m_mechanism(std::move(mechanism))
        , m_secrets(std::move(secrets))
    {
        if (!m_server.listen(QHostAddress(QHostAddress::LocalHost), 0))
            qFatal("no port");
        connect(&m_server, &QTcpServer::newConnection, this, &EchoingServer::accept);
    }
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] int connections() const { return m_connections; }

    QByteArrayList sent; ///< By connection.
    QByteArrayList heard;

private:
    struct Peer {
        Peer(QTcpSocket *its, int which)
            : socket(its)
            , number(which)
        {
        }
        QTcpSocket *socket;
        int number;
        bool inAuth = false;
        QByteArrayList said; // of this AUTH, decoded, an initial response included
        QByteArrayList lines;
    };

    void accept()
    {
        while (QTcpSocket *socket = m_server.nextPendingConnection()) {
            auto peer = std::make_shared<Peer>(socket, m_connections++);
            sent.append(""_ba);
            heard.append(""_ba);
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            connect(socket, &QTcpSocket::readyRead, this, [this, peer] {
                while (peer->socket->canReadLine())
                    read(*peer, peer->socket->readLine());
            });
            say(*peer, "220 echo\r\n"_ba);
        }
    }
    void say(const Peer &peer, const QByteArray &bytes)
    {
        sent[peer.number] += bytes;
        peer.socket->write(bytes);
    }
    void read(Peer &peer, const QByteArray &line)
    {
        heard[peer.number] += line;
        const QByteArrayList words = line.simplified().split(' ');
        const QByteArray verb = words.first().toUpper();
        if (peer.inAuth)
            return goOn(peer, line.trimmed());
        if (verb == "EHLO")
            return say(peer, "250-echo\r\n250 AUTH " + m_mechanism + "\r\n");
        if (verb == "AUTH") {
            peer.inAuth = true;
            peer.said.clear();
            peer.lines = {line.trimmed()};
            const QByteArray initial = words.value(2);
            const bool asks = initial.isEmpty() && isClientFirst();
            return asks             ? say(peer, "334 \r\n"_ba)
                : initial.isEmpty() ? challenge(peer)
                                    : goOn(peer, initial);
        }
        if (verb == "QUIT") {
            say(peer, "221 bye\r\n"_ba);
            return peer.socket->disconnectFromHost();
        }
        say(peer, "500 what?\r\n"_ba);
    }
    [[nodiscard]] bool isClientFirst() const
    {
        return m_mechanism != "LOGIN" && m_mechanism != "CRAM-MD5" && m_mechanism != "DIGEST-MD5";
    }
    void goOn(Peer &peer, const QByteArray &line)
    {
        peer.lines.append(line);
        peer.said.append(QByteArray::fromBase64(line));
        challenge(peer);
    }
    /// Asks for what is still missing, else refuses.
    void challenge(Peer &peer)
    {
        const qsizetype step = peer.said.size();
        QByteArray text;
        if (m_mechanism == "LOGIN")
            text = QByteArrayList {"Username:"_ba, "Password:"_ba}.value(step);
        else if (m_mechanism == "CRAM-MD5" && step == 0)
            text = "<1.2@echo>"_ba;
        else if (m_mechanism == "DIGEST-MD5" && step == 0)
            text = R"(nonce="n",algorithm=md5-sess,charset=utf-8)"_ba;
        else if (m_mechanism == "NTLM" && step == 1)
            text = QByteArray::fromBase64(
                "TlRMTVNTUAACAAAADAAMADgAAAAzgoriASNFZ4mrze8AAAAAAAAAACQAJABEAAAABgBwFwAAAA9TAGUAcgB2AGUAcgACAAwARABvAG0AYQBpAG4AAQAMAFMAZQByAHYAZQByAAAAAAA="_ba);
        else if (m_mechanism.startsWith("SCRAM-") && step == 1)
            text = peer.said[0].sliced(peer.said[0].indexOf("r=")) + "x,s=c2FsdA==,i=4096";
        if (!text.isEmpty())
            return say(peer, "334 " + text.toBase64() + "\r\n");
        peer.inAuth = false;
        // What it was told, as it came: nobody but the client knows what of it is secret.
        for (const QByteArray &line : std::as_const(peer.lines))
            say(peer, "535-5.7.8 you said " + line + "\r\n");
        say(peer, refusalEchoing(m_secrets.value(peer.number)));
    }

    QByteArray m_mechanism;
    QByteArrayList m_secrets;
    QTcpServer m_server;
    int m_connections = 0;
};

using Artefacts = QHash<QString, QByteArray>;

/// A transcript of each kind and a bundle with what is in it, for each session that was kept.
inline Artefacts exported(CliRunner &cli, const QStringList &sessions)
{
    Artefacts all;
    for (const QString &session : sessions) {
        const QString zip = cli.path(u"bundle.zip"_s);
        const CliResult result = cli.run(
            {u"sessions"_s, u"export"_s, session, u"--redact"_s, u"secrets"_s, u"-o"_s, zip});
        QFile file(zip);
        if (result.exitCode != 0 || !file.open(QIODevice::ReadOnly))
            return {};
        const auto files = Bundle::unpackArchive(file);
        if (!files || files->isEmpty())
            return {};
        for (const Bundle::BundleFile &one : *files)
            all.insert(session + u'/' + one.name, one.bytes);
        all.insert(session + u" show"_s, cli.run({u"sessions"_s, u"show"_s, session}).output);
    }
    return all;
}

/// Fails the test where one of them is found.
inline void noneIn(const Artefacts &all, const QByteArrayList &secrets)
{
    for (const auto &[name, bytes] : all.asKeyValueRange()) {
        for (const QByteArray &secret : secrets) {
            const QByteArray leak = leakIn(bytes, secret);
            if (leak.isEmpty())
                continue;
            const qsizetype at = bytes.indexOf(leak);
            QFAIL((name.toUtf8() + " holds " + leak.toPercentEncoding(" <>") + " in: "
                + bytes.sliced(qMax(0, at - 60), qMin(bytes.size() - qMax(0, at - 60), 200))
                    .toPercentEncoding(" <>\":,"))
                    .constData());
        }
    }
}

} // namespace Mailgauge::Test
