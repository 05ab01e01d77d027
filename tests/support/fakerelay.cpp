// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakerelay.h"

#include "base/literals.h"
#include "tls/tlsstream.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <optional>

#include <sys/socket.h>

namespace Mailgauge::Test {

using Kind = Step::Kind;

Script &Script::add(Step step)
{
    m_steps.append(std::move(step));
    return *this;
}
Script &Script::send(QByteArray bytes, qsizetype times)
{
    return add({Kind::Send, std::move(bytes), times, {}});
}
Script &Script::trickle(QByteArray bytes, qsizetype size, std::chrono::milliseconds apart)
{
    return add({Kind::Trickle, std::move(bytes), size, apart});
}
Script &Script::expect(QByteArray prefix)
{
    return add({Kind::ExpectLine, std::move(prefix), 1, {}});
}
Script &Script::expectContent()
{
    return add({Kind::ExpectContent, {}, 1, {}});
}
Script &Script::swallowContent()
{
    return add({Kind::SwallowContent, {}, 1, {}});
}
Script Script::sliced(qsizetype size) const
{
    Script result = *this;
    for (Step &step : result.m_steps) {
        if (step.kind == Kind::Send && step.count == 1)
            step = {Kind::Trickle, step.bytes, size, {}};
    }
    return result;
}
Script &Script::then(const Script &further)
{
    m_steps += further.m_steps;
    return *this;
}
Script &Script::expectBytes(qsizetype count)
{
    return add({Kind::ExpectBytes, {}, count, {}});
}
Script &Script::expectEnd()
{
    return add({Kind::ExpectEnd, {}, 1, {}});
}
Script &Script::wait(std::chrono::milliseconds time)
{
    return add({Kind::Wait, {}, 1, time});
}
Script &Script::startTls()
{
    return add({Kind::StartTls, {}, 1, {}});
}
Script &Script::halfClose()
{
    return add({Kind::HalfClose, {}, 1, {}});
}
Script &Script::close()
{
    return add({Kind::Close, {}, 1, {}});
}
Script &Script::cut()
{
    return add({Kind::Cut, {}, 1, {}});
}
Script &Script::reset()
{
    return add({Kind::Reset, {}, 1, {}});
}
Script &Script::stopReading()
{
    return add({Kind::StopReading, {}, 1, {}});
}
Script &Script::hang()
{
    return add({Kind::Hang, {}, 1, {}});
}
Script &Script::answer(QByteArray prefix, QByteArray reply)
{
    return expect(std::move(prefix)).send(std::move(reply));
}

namespace {
QByteArray helloReply(const QByteArrayList &capabilities)
{
    QByteArray reply = "250"_ba + (capabilities.isEmpty() ? ' ' : '-') + "fake.example\r\n"_ba;
    for (qsizetype i = 0; i < capabilities.size(); ++i)
        reply += "250"_ba + (i + 1 < capabilities.size() ? '-' : ' ') + capabilities[i] + "\r\n";
    return reply;
}
} // namespace

Script Script::hello(const QByteArrayList &capabilities)
{
    Script script;
    script.send("220 fake.example ESMTP\r\n"_ba).answer("EHLO "_ba, helloReply(capabilities));
    return script;
}

Script &Script::upgrade(const QByteArrayList &capabilities)
{
    return answer("STARTTLS"_ba, "220 2.0.0 go\r\n"_ba)
        .startTls()
        .answer("EHLO "_ba, helloReply(capabilities));
}

Script &Script::transaction(int recipients)
{
    answer("MAIL FROM:"_ba, "250 2.1.0 Ok\r\n"_ba);
    for (int i = 0; i < recipients; ++i)
        answer("RCPT TO:"_ba, "250 2.1.5 Ok\r\n"_ba);
    return answer("DATA"_ba, "354 go on\r\n"_ba)
        .expectContent()
        .send("250 2.0.0 Ok: queued as 4F2A\r\n"_ba);
}

Script &Script::quit()
{
    return answer("QUIT"_ba, "221 2.0.0 Bye\r\n"_ba).close();
}

/// Plays one script on one socket.
class FakeRelay::Player final : public QObject {
public:
    Player(FakeRelay &relay, int number, QTcpSocket *socket, QList<Step> steps)
        : m_relay(relay)
        , m_number(number)
        , m_socket(socket)
        , m_steps(std::move(steps))
    {
        m_socket->setParent(this);
        m_timer.setSingleShot(true);
        connect(m_socket, &QTcpSocket::readyRead, this, &Player::read);
        connect(m_socket, &QTcpSocket::disconnected, this, &Player::peerGone);
        connect(&m_timer, &QTimer::timeout, this, &Player::timePassed);
        QMetaObject::invokeMethod(this, &Player::play, Qt::QueuedConnection);
    }

    QByteArray all;
    QByteArray clear;
    QByteArray content;
    QByteArrayList commands;
    QStringList problems;
    bool ended = false;

private:
    enum class Progress : quint8 {
        Done,
        Waiting
    };

    void read();
    void peerGone();
    void timePassed();
    void play();
    void end();
    void problem(const QString &text);
    void put(const QByteArray &bytes);
    Progress run(const Step &step);
    Progress trickle(const Step &step);
    Progress expectLine(const Step &step);
    Progress expectContent();
    Progress handshake();
    int descriptor() const { return static_cast<int>(m_socket->socketDescriptor()); }

    FakeRelay &m_relay;
    int m_number;
    QTcpSocket *m_socket;
    QList<Step> m_steps;
    qsizetype m_at = 0;
    qsizetype m_sent = 0; // within a trickle
    bool m_timePassed = false;
    bool m_peerEnded = false;
    bool m_reading = true;
    QTimer m_timer;
    QByteArray m_buffer;
    std::optional<Tls::TlsStream> m_tls;
};

void FakeRelay::Player::problem(const QString &text)
{
    problems.append(u"connection %1, step %2: %3"_s.arg(m_number).arg(m_at).arg(text));
}

void FakeRelay::Player::put(const QByteArray &bytes)
{
    if (m_tls) {
        if (!bytes.isEmpty() && !m_tls->write(bytes))
            problem(u"nothing can be written inside TLS"_s);
        m_socket->write(m_tls->takeEncrypted());
    } else {
        m_socket->write(bytes);
    }
}

void FakeRelay::Player::read()
{
    if (!m_reading || !m_socket->isOpen())
        return;
    const QByteArray bytes = m_socket->readAll();
    if (m_tls) {
        m_tls->receiveEncrypted(bytes);
        for (QByteArray plain = m_tls->readPlain(); !plain.isEmpty(); plain = m_tls->readPlain()) {
            m_buffer += plain;
            all += plain;
        }
        m_socket->write(m_tls->takeEncrypted());
    } else {
        m_buffer += bytes;
        all += bytes;
        clear += bytes;
    }
    play();
}

void FakeRelay::Player::peerGone()
{
    read();
    m_peerEnded = true;
    play();
}

void FakeRelay::Player::timePassed()
{
    m_timePassed = true;
    play();
}

void FakeRelay::Player::end()
{
    if (ended)
        return;
    ended = true;
    Q_EMIT m_relay.ended(m_number);
}

void FakeRelay::Player::play()
{
    while (!ended && m_at < m_steps.size()) {
        if (run(m_steps[m_at]) == Progress::Waiting) {
            const Kind kind = m_steps[m_at].kind;
            const bool needsPeer = kind == Kind::ExpectLine || kind == Kind::ExpectContent
                || kind == Kind::ExpectBytes || kind == Kind::StartTls;
            if (m_peerEnded && needsPeer) {
                problem(u"the peer ended"_s);
                end();
            }
            return;
        }
        ++m_at;
    }
    end();
}

FakeRelay::Player::Progress FakeRelay::Player::run(const Step &step)
{
    switch (step.kind) {
    case Kind::Send:
        for (qsizetype i = 0; i < step.count; ++i)
            put(step.bytes);
        return Progress::Done;
    case Kind::Trickle:
        return trickle(step);
    case Kind::ExpectLine:
        return expectLine(step);
    case Kind::ExpectContent:
        return expectContent();
    case Kind::SwallowContent: {
        const qsizetype end = m_buffer.indexOf("\r\n.\r\n");
        m_buffer = end < 0 ? m_buffer.last(qMin(m_buffer.size(), 4)) : m_buffer.sliced(end + 5);
        all.clear();
        clear.clear();
        return end < 0 ? Progress::Waiting : Progress::Done;
    }
    case Kind::ExpectBytes:
        if (m_buffer.size() < step.count)
            return Progress::Waiting;
        m_buffer.remove(0, step.count);
        return Progress::Done;
    case Kind::ExpectEnd:
        return m_peerEnded ? Progress::Done : Progress::Waiting;
    case Kind::Wait:
        if (m_timePassed) {
            m_timePassed = false;
            return Progress::Done;
        }
        if (!m_timer.isActive())
            m_timer.start(step.wait);
        return Progress::Waiting;
    case Kind::StartTls:
        return handshake();
    case Kind::HalfClose:
        m_socket->flush();
        ::shutdown(descriptor(), SHUT_WR);
        return Progress::Done;
    case Kind::Close:
        if (m_tls) {
            m_tls->shutDown();
            m_socket->write(m_tls->takeEncrypted());
        }
        m_socket->disconnectFromHost();
        return Progress::Done;
    case Kind::Cut:
        m_socket->disconnectFromHost();
        return Progress::Done;
    case Kind::Reset: {
        m_socket->flush();
        m_reading = false; // what came since stays unread
        const linger now {.l_onoff = 1, .l_linger = 0};
        ::setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        m_socket->abort();
        return Progress::Done;
    }
    case Kind::StopReading:
        m_reading = false;
        m_socket->setReadBufferSize(1);
        return Progress::Done;
    case Kind::Hang:
        return m_peerEnded ? Progress::Done : Progress::Waiting;
    }
    return Progress::Done;
}

FakeRelay::Player::Progress FakeRelay::Player::trickle(const Step &step)
{
    if (m_sent > 0 && !m_timePassed)
        return Progress::Waiting;
    m_timePassed = false;
    put(step.bytes.mid(m_sent, step.count));
    m_socket->flush();
    m_sent += step.count;
    if (m_sent >= step.bytes.size()) {
        m_sent = 0;
        return Progress::Done;
    }
    m_timer.start(step.wait);
    return Progress::Waiting;
}

FakeRelay::Player::Progress FakeRelay::Player::expectLine(const Step &step)
{
    const qsizetype end = m_buffer.indexOf("\r\n");
    if (end < 0)
        return Progress::Waiting;
    const QByteArray line = m_buffer.first(end);
    m_buffer.remove(0, end + 2);
    if (line.left(step.bytes.size()).compare(step.bytes, Qt::CaseInsensitive) != 0) {
        problem(
            u"expected %1, got %2"_s.arg(QString::fromUtf8(step.bytes), QString::fromUtf8(line)));
    }
    commands.append(line);
    return Progress::Done;
}

FakeRelay::Player::Progress FakeRelay::Player::expectContent()
{
    qsizetype size = 0; // with the CRLF that the dot's line stands behind
    if (!m_buffer.startsWith(".\r\n")) {
        const qsizetype end = m_buffer.indexOf("\r\n.\r\n");
        if (end < 0)
            return Progress::Waiting;
        size = end + 2;
    }
    if (content.isEmpty())
        content = m_buffer.first(size);
    m_buffer.remove(0, size + 3);
    return Progress::Done;
}

FakeRelay::Player::Progress FakeRelay::Player::handshake()
{
    if (!m_tls) {
        auto stream = Tls::TlsStream::server({.certificatePem = m_relay.m_identity.certificatePem,
            .keyPem = m_relay.m_identity.keyPem,
            .minVersion = "1.0"_ba,
            .maxVersion = {},
            .clientCaPem = {}});
        if (!stream) {
            problem(stream.error().detail);
            end();
            return Progress::Waiting;
        }
        m_tls = std::move(*stream);
        m_tls->receiveEncrypted(m_buffer);
        // What is TLS is no clear text, even if it arrived before this step.
        clear.chop(m_buffer.size());
        all.chop(m_buffer.size());
        m_buffer.clear();
        m_socket->write(m_tls->takeEncrypted());
    }
    switch (m_tls->state()) {
    case Tls::TlsStream::State::Handshaking:
        return Progress::Waiting;
    case Tls::TlsStream::State::Established:
    case Tls::TlsStream::State::PeerClosed:
        return Progress::Done;
    case Tls::TlsStream::State::Failed:
        problem(m_tls->error()->detail);
        m_socket->disconnectFromHost();
        end();
        return Progress::Waiting;
    }
    return Progress::Done;
}

FakeRelay::FakeRelay(
    QList<Script> scripts, Tls::Identity identity, const QString &address, quint16 port)
    : m_scripts(std::move(scripts))
    , m_identity(std::move(identity))
    , m_server(std::make_unique<QTcpServer>())
{
    if (!m_server->listen(QHostAddress(address), port))
        qFatal("FakeRelay: %s", qPrintable(m_server->errorString()));
    connect(m_server.get(), &QTcpServer::newConnection, this, &FakeRelay::accept);
}

FakeRelay::~FakeRelay() = default;

void FakeRelay::accept()
{
    while (QTcpSocket *socket = m_server->nextPendingConnection()) {
        const auto number = static_cast<int>(m_players.size());
        const Script &script = m_scripts[qMin(number, static_cast<int>(m_scripts.size()) - 1)];
        m_players.push_back(std::make_unique<Player>(*this, number, socket, script.steps()));
    }
}

quint16 FakeRelay::port() const
{
    return m_server->serverPort();
}

int FakeRelay::connections() const
{
    return static_cast<int>(m_players.size());
}

QByteArray FakeRelay::received(int connection) const
{
    return m_players.at(static_cast<std::size_t>(connection))->all;
}

QByteArray FakeRelay::receivedInClear(int connection) const
{
    return m_players.at(static_cast<std::size_t>(connection))->clear;
}

QByteArray FakeRelay::content(int connection) const
{
    return m_players.at(static_cast<std::size_t>(connection))->content;
}

QByteArrayList FakeRelay::commands() const
{
    QByteArrayList all;
    for (const auto &player : m_players)
        all += player->commands;
    return all;
}

QStringList FakeRelay::problems() const
{
    QStringList all;
    for (const auto &player : m_players)
        all += player->problems;
    return all;
}

bool FakeRelay::hasEnded(int connection) const
{
    return connection < connections() && m_players.at(static_cast<std::size_t>(connection))->ended;
}

QByteArray xoauth2Line(const QByteArray &token)
{
    return "AUTH XOAUTH2 "
        + ("user=ann\x01"
           "auth=Bearer "
            + token + "\x01\x01")
              .toBase64();
}

Script xoauth2Login(const QByteArray &token)
{
    return Script::hello({"AUTH PLAIN XOAUTH2"_ba})
        .answer(xoauth2Line(token), "235 2.7.0 ok\r\n"_ba);
}

const TestIdentity &testIdentity()
{
    static const TestIdentity made = [] {
        auto maker = Tls::CertificateMaker::create({.commonName = "Test Root"_ba});
        auto identity = maker ? maker->issue({.commonName = "localhost"_ba,
                                    .names = {"localhost"_ba, "127.0.0.1"_ba, "::1"_ba}})
                              : std::unexpected(maker.error());
        auto client = maker ? maker->issue({.commonName = "ann"_ba})
                            : std::unexpected(maker.error());
        if (!identity || !client)
            qFatal("no test certificate: %s",
                qPrintable((identity ? client : identity).error().detail));
        return TestIdentity {maker->caPem(), *identity, *client};
    }();
    return made;
}

} // namespace Mailgauge::Test
