// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionplayer.h"

#include "base/literals.h"

#include <QTest>

namespace Mailgauge::Test {

using namespace Smtp;

namespace {

QByteArray unescaped(const QByteArray &text)
{
    QByteArray result;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            result += text[i];
            continue;
        }
        switch (text[++i]) {
        case 'r':
            result += '\r';
            break;
        case 'n':
            result += '\n';
            break;
        case '0':
            result += '\0';
            break;
        default:
            result += text[i];
        }
    }
    return result;
}

QByteArray codeText(const std::optional<Reply> &reply)
{
    return reply ? ' ' + QByteArray::number(reply->code) : ""_ba;
}

} // namespace

Mailbox mailbox(QByteArrayView address)
{
    auto parsed = Mailbox::parse(address);
    if (!parsed)
        qFatal("bad address in a test: %s", address.toByteArray().constData());
    return *parsed;
}

Transaction transactionFor(const QByteArrayList &recipients)
{
    Transaction transaction;
    transaction.envelope.reversePath = mailbox("me@here");
    for (const QByteArray &recipient : recipients)
        transaction.envelope.forwardPaths.append(mailbox(recipient));
    transaction.size = 20;
    return transaction;
}

SessionOptions plainOptions()
{
    SessionOptions options;
    options.ehloName = "me.example";
    options.tls = TlsPolicy::None;
    return options;
}

QList<Fault> faults()
{
    return {
        {"RST", "RESET\n"_ba},
        {"FIN", "CLOSE\n"_ba},
        {"silence", "TIMEOUT\n"_ba},
        {"4yz", "S: 450 later\n"_ba},
        {"5yz", "S: 550 no\n"_ba},
        {"421", "S: 421 closing\nCLOSE\n"_ba},
        {"garbage line", "S: garbage\n"_ba},
        {"NUL", "S\\ \\0\\0\\r\\n\n"_ba},
        {"line without end", "S\\ " + QByteArray(70'000, 'x') + '\n'},
        {"endless reply", "S\\ " + "250-x\\r\\n"_ba.repeated(10'001) + '\n'},
        {"half a reply, FIN", "S\\ 250-x\\r\\n25\nCLOSE\n"_ba},
        {"1 byte, then silence", "S\\ 2\nTIMEOUT\n"_ba},
        {"preliminary reply", "S: 150 wait\n"_ba},
        {"code that changes", "S: 250-a\nS: 450 b\n"_ba},
    };
}

void playEveryWay(SessionPlayer player, const QByteArrayList &expected)
{
    player.play();
    QCOMPARE(player.facts, expected);
    const QByteArray client = player.client;
    player.play(SessionPlayer::Chunks::Bytes);
    QCOMPARE(player.facts, expected);
    QCOMPARE(player.client, client);
    // Longer than any arrival of a script, except for the deliberately long ones.
    for (qsizetype split = 1; split < 100; ++split) {
        player.play(SessionPlayer::Chunks::SplitAt, split);
        QCOMPARE(player.facts, expected);
        QCOMPARE(player.client, client);
    }
}

void SessionPlayer::play(Chunks chunks, qsizetype split)
{
    facts.clear();
    client.clear();
    lines.clear();
    stages.clear();
    spans.clear();
    replies.clear();
    evidence.clear();
    outcomes.clear();
    failed.reset();
    m_sent = 0;
    m_named = 0;
    m_contentAt = 0;
    m_now = Base::TimePoint(std::chrono::hours(1));

    Session session(options);
    session.start(m_now);
    drain(session);
    qsizetype seen = 0; // of `client`, by the script
    QByteArray arrival;
    const auto deliver = [&] {
        const QByteArray bytes = std::exchange(arrival, {});
        QByteArrayList pieces {bytes};
        if (chunks == Chunks::SplitAt)
            pieces = {bytes.left(split), bytes.mid(split)};
        if (chunks == Chunks::Bytes) {
            pieces.clear();
            for (const char c : bytes)
                pieces.append(QByteArray(1, c));
        }
        for (const QByteArray &piece : std::as_const(pieces)) {
            m_now += std::chrono::milliseconds(1);
            session.receive(piece, m_now);
            drain(session);
        }
    };
    const auto step = [&](const QByteArray &line) {
        if (line.startsWith("S: ")) {
            arrival += line.sliced(3) + "\r\n";
            return;
        }
        if (line.startsWith("S\\ ")) {
            arrival += unescaped(line.sliced(3));
            return;
        }
        deliver();
        const auto error = [](Base::Error::Kind kind) {
            return Base::Error {kind, u"played"_s, {}};
        };
        if (line.startsWith("C: ") || line == "C:" || line.startsWith("C\\ ")) {
            const QByteArray expected = line.startsWith("C\\ ") ? unescaped(line.mid(3))
                                                                : line.mid(3) + "\r\n";
            if (client.mid(seen, expected.size()) != expected)
                facts.append("script: expected " + line.mid(3) + ", got "
                    + client.mid(seen, 80).toPercentEncoding(" :<>@"));
            seen += expected.size();
        } else if (line == "TLS") {
            session.tlsEstablished(m_now, bindings);
        } else if (line == "TLSFAIL") {
            session.tlsFailed(error(Base::Error::Kind::TlsHandshake), m_now);
        } else if (line == "CLOSE") {
            session.peerClosed(m_now);
        } else if (line == "RESET") {
            session.transportFailed(error(Base::Error::Kind::ConnectionClosed), m_now);
        } else if (line == "CANCEL") {
            session.transportFailed(error(Base::Error::Kind::Cancelled), m_now);
        } else if (line == "TIMEOUT") {
            if (const auto at = session.deadline()) {
                // Just before it nothing may happen.
                session.timeoutExpired(*at - std::chrono::milliseconds(1));
                drain(session);
                m_now = *at;
            }
            session.timeoutExpired(m_now);
        } else if (line == "WRITTEN") {
            session.written(m_now);
        } else if (line == "FINISHED") {
            session.contentFinished(m_now);
        } else if (line.startsWith("PIECE ")) {
            const qsizetype size = line.sliced(6).toLongLong();
            client += session.contentChunk(content.mid(m_contentAt, size), m_now);
            m_contentAt += size;
        } else if (line == "GO" || line.startsWith("GO ")) {
            const auto edited = line == "GO" ? std::nullopt : std::optional(unescaped(line.mid(3)));
            if (const auto gone = session.resume(edited, m_now); !gone)
                facts.append("refused " + kindName(gone.error().kind).toByteArray());
        } else if (line.startsWith("HAND ")) {
            if (const auto sent = session.command(unescaped(line.mid(5)), m_now); !sent)
                facts.append("refused " + kindName(sent.error().kind).toByteArray());
        } else if (line == "QUIT") {
            session.quit(m_now);
        } else if (line.startsWith("ANSWER ")) {
            session.mechanismAnswered(Sasl::Response {Base::Secret(line.sliced(7))}, m_now);
        } else if (line == "NOANSWER") {
            session.mechanismAnswered(std::unexpected(error(Base::Error::Kind::Denied)), m_now);
        } else if (line == "STORED") {
            session.committed(m_now);
        } else if (line.startsWith("REFUSED ")) {
            const int ahead = line.sliced(8).toInt();
            m_named = qMin(m_named, qMax(ahead - 1, 0));
            m_sent = transactions.size();
            session.withdraw(ahead, error(Base::Error::Kind::Full), m_now);
        } else {
            qFatal("bad script line: %s", line.constData());
        }
        drain(session);
    };
    for (const QByteArray &line : script.split('\n')) {
        if (!line.isEmpty())
            step(line);
    }
    deliver();
    if (client.size() > seen)
        facts.append("script: also sent " + client.mid(seen, 80).toPercentEncoding(" :<>@"));
    if (!session.isOver())
        facts.append("open in " + stageName(session.stage()).toByteArray());
    else if (session.deadline())
        facts.append("a deadline after the end"_ba);
}

void SessionPlayer::drain(Session &session)
{
    while (const auto event = session.next())
        handle(session, *event);
}

void SessionPlayer::proceed(Session &session)
{
    m_contentAt = 0;
    if (holdOpen)
        return;
    if (m_sent < transactions.size())
        session.send(transactions[m_sent++], m_now);
    else
        session.quit(m_now);
    nameNext(session);
}

void SessionPlayer::nameNext(Session &session)
{
    while (follow && m_sent > 0 && m_sent < transactions.size() && m_named < depth) {
        ++m_named;
        session.follow(transactions[m_sent++], m_now);
    }
}

void SessionPlayer::handle(Session &session, const SessionEvent &event)
{
    if (const auto *send = std::get_if<Event::Send>(&event)) {
        for (const Base::SecretSpan &span : send->secrets)
            spans.append({client.size() + span.offset, span.length, span.label});
        client += send->bytes;
    } else if (std::holds_alternative<Event::StartTls>(event)) {
        facts.append("tls"_ba);
    } else if (const auto *ask = std::get_if<Event::AskMechanism>(&event)) {
        facts.append("ask " + ask->mechanism->name() + (ask->challenge.isEmpty() ? "" : " ")
            + ask->challenge);
    } else if (const auto *body = std::get_if<Event::SendContent>(&event)) {
        if (body->ahead > 0 || holdAhead)
            m_contentAt = 0;
        // One SendContent of DATA, or as many as there are chunks.
        const qsizetype end = body->octets ? m_contentAt + qsizetype(*body->octets)
                                           : content.size();
        if (holdContent || (holdAhead && body->ahead > 0))
            return;
        for (; m_contentAt < end; m_contentAt += qMin(contentChunk, end - m_contentAt))
            client += session.contentChunk(
                content.mid(m_contentAt, qMin(contentChunk, end - m_contentAt)), m_now);
        if (holdFinished)
            return;
        session.contentFinished(m_now);
    } else if (const auto *commit = std::get_if<Event::Commit>(&event)) {
        facts.append(
            commit->ahead > 0 ? "commit +" + QByteArray::number(commit->ahead) : "commit"_ba);
        if (!holdCommit)
            session.committed(m_now);
    } else if (const auto *line = std::get_if<Event::LineReceived>(&event)) {
        lines.append(line->line);
        if (!line->awaited)
            unawaited.append(line->line);
    } else if (const auto *reply = std::get_if<Event::ReplyReceived>(&event)) {
        replies.append(reply->reply);
    } else if (const auto *auth = std::get_if<Event::Authenticated>(&event)) {
        facts.append("auth " + auth->mechanism);
    } else if (const auto *quirk = std::get_if<Event::QuirkSeen>(&event)) {
        facts.append("quirk " + quirkName(quirk->quirk).toByteArray());
        evidence.append(quirk->evidence);
    } else if (const auto *stage = std::get_if<Event::StageEntered>(&event)) {
        stages.append(stageName(stage->stage).toByteArray());
    } else if (const auto *decided = std::get_if<Event::RecipientDecided>(&event)) {
        const RecipientOutcome &outcome = decided->outcome;
        outcomes.append(outcome);
        facts.append("decided " + outcome.recipient.address() + ' '
            + outcomeName(outcome.outcome).toByteArray() + ' '
            + stageName(outcome.stage).toByteArray() + codeText(outcome.reply)
            + (outcome.failure ? ' ' + kindName(outcome.failure->error.kind).toByteArray()
                               : ""_ba));
    } else if (const auto *done = std::get_if<Event::TransactionDone>(&event)) {
        facts.append("done" + codeText(done->finalReply)
            + (done->failure ? ' ' + kindName(done->failure->error.kind).toByteArray() : ""_ba)
            + (done->follows ? " next"_ba : ""_ba));
        if (done->follows) {
            --m_named;
            if (!holdAhead)
                m_contentAt = 0;
            nameNext(session);
        } else if (!session.isOver()) {
            proceed(session);
        }
    } else if (std::holds_alternative<Event::Ready>(event)) {
        proceed(session);
    } else if (const auto *answered = std::get_if<Event::CommandAnswered>(&event)) {
        facts.append("answered " + answered->line + codeText(answered->reply));
    } else if (const auto *paused = std::get_if<Event::Paused>(&event)) {
        facts.append("paused " + stageName(paused->stage).toByteArray() + ' ' + paused->line);
    } else if (const auto *stopped = std::get_if<Event::Stopped>(&event)) {
        facts.append("stopped " + stageName(stopped->stage).toByteArray());
    } else if (const auto *failure = std::get_if<Event::Failed>(&event)) {
        failed = *failure;
        facts.append("failed " + kindName(failure->failure.error.kind).toByteArray() + ' '
            + stageName(failure->failure.stage).toByteArray() + codeText(failure->reply));
        evidence.append(failure->failure.error.evidence);
    } else if (const auto *closed = std::get_if<Event::Closed>(&event)) {
        facts.append(closed->abort ? "closed abort"_ba : "closed"_ba);
    }
}

} // namespace Mailgauge::Test
