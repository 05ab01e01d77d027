// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// A relay that plays a script, for tests of what drives SMTP: honest and hostile alike.
///
///     FakeRelay relay({Script().send("220 hi\r\n"_ba).expect("EHLO"_ba).send("250
///     hi\r\n"_ba).reset()}); … connect to 127.0.0.1 : relay.port() … QCOMPARE(relay.problems(),
///     QStringList());
///
/// Lives in the test's thread and needs its event loop. One script per connection, in order; the
/// last serves all further ones.
#include "tls/certificatemaker.h"

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QStringList>

#include <chrono>
#include <memory>
#include <vector>

class QTcpServer;

namespace Mailgauge::Test {

struct Step {
    enum class Kind : quint8 {
        Send, ///< `bytes`, `count` times.
        Trickle, ///< `bytes` in pieces of `count`, `wait` apart.
        ExpectLine, ///< A line that begins with `bytes`, any case.
        ExpectContent, ///< Everything up to CRLF . CRLF.
        SwallowContent, ///< The same, kept nowhere.
        ExpectBytes, ///< `count` bytes.
        ExpectEnd, ///< The peer's FIN.
        Wait,
        StartTls, ///< Handshake as server.
        HalfClose, ///< FIN; reading goes on.
        Close, ///< close_notify where TLS is on, then FIN.
        Cut, ///< FIN without close_notify.
        Reset, ///< RST.
        StopReading,
        Hang, ///< Nothing more happens.
    };
    Kind kind = Kind::Hang;
    QByteArray bytes;
    qsizetype count = 1;
    std::chrono::milliseconds wait {0};
};

class Script {
public:
    Script &send(QByteArray bytes, qsizetype times = 1);
    Script &trickle(QByteArray bytes, qsizetype size, std::chrono::milliseconds apart = {});
    Script &expect(QByteArray prefix);
    Script &expectContent();
    /// For messages too large to keep.
    Script &swallowContent();
    Script &expectBytes(qsizetype count);
    Script &expectEnd();
    Script &wait(std::chrono::milliseconds time);
    Script &startTls();
    Script &halfClose();
    Script &close();
    Script &cut();
    Script &reset();
    Script &stopReading();
    Script &hang();
    /// expect(prefix).send(reply)
    Script &answer(QByteArray prefix, QByteArray reply);

    /// The same, with everything it sends cut into pieces of `size` bytes.
    [[nodiscard]] Script sliced(qsizetype size) const;
    /// All steps of another script behind these.
    Script &then(const Script &further);

    /// Greeting and EHLO with these capability lines ("SIZE 1000").
    static Script hello(const QByteArrayList &capabilities = {});
    /// STARTTLS, handshake, EHLO again.
    Script &upgrade(const QByteArrayList &capabilities = {});
    /// MAIL, `recipients` times RCPT, DATA, content, "250 2.0.0 Ok: queued as 4F2A".
    Script &transaction(int recipients = 1);
    /// QUIT, 221, close.
    Script &quit();

    [[nodiscard]] const QList<Step> &steps() const { return m_steps; }

private:
    Script &add(Step step);

    QList<Step> m_steps;
};

class FakeRelay final : public QObject {
    Q_OBJECT

public:
    explicit FakeRelay(QList<Script> scripts, Tls::Identity identity = {},
        const QString &address = QStringLiteral("127.0.0.1"), quint16 port = 0);
    ~FakeRelay() override;

    [[nodiscard]] quint16 port() const;
    [[nodiscard]] int connections() const;
    /// What one connection sent outside and inside TLS, in order and in clear.
    [[nodiscard]] QByteArray received(int connection = 0) const;
    /// What it sent outside TLS.
    [[nodiscard]] QByteArray receivedInClear(int connection = 0) const;
    /// The content of the first transaction as it came, dots stuffed, without the final dot.
    [[nodiscard]] QByteArray content(int connection = 0) const;
    /// The lines that were expected and came, all connections.
    [[nodiscard]] QByteArrayList commands() const;
    /// What went otherwise than written: empty in a good run.
    [[nodiscard]] QStringList problems() const;
    [[nodiscard]] bool hasEnded(int connection = 0) const;

Q_SIGNALS:
    /// A connection played its script to the end, or broke.
    void ended(int connection);

private:
    class Player;
    void accept();

    QList<Script> m_scripts;
    Tls::Identity m_identity;
    std::unique_ptr<QTcpServer> m_server;
    std::vector<std::unique_ptr<Player>> m_players;
};

/// What "ann" says to log in with that token (XOAUTH2).
[[nodiscard]] QByteArray xoauth2Line(const QByteArray &token);
/// A session up to where that token is accepted.
[[nodiscard]] Script xoauth2Login(const QByteArray &token);

/// A root, a certificate for "localhost", 127.0.0.1 and ::1, and one for a client whose common name
/// is ann; made once per process.
struct TestIdentity {
    QByteArray caPem;
    Tls::Identity identity;
    Tls::Identity client;
};
[[nodiscard]] const TestIdentity &testIdentity();

} // namespace Mailgauge::Test
