// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/session.h"
#include "base/literals.h"

#include "check.h"

#include <deque>

using namespace Mailgauge;
using namespace Smtp;

namespace {

const QByteArray Password = "correct horse battery";
const QByteArray Content = "Subject: x\r\n\r\n.hi\r\n";

/// Plays the driver and watches that the promises of session.h are kept.
struct Driver {
    Session session;
    Base::TimePoint now {std::chrono::hours(1)};
    int decided = 0;
    int done = 0;
    bool closed = false;
    /// What is known of the transaction that runs and of those behind it.
    struct Fate {
        bool committing = false;
        bool dotSent = false;
    };
    std::deque<Fate> fates {};
    bool follows = false; ///< Name some while one runs.
    int named = 0;

    void drain()
    {
        while (auto event = session.next()) {
            check(!closed); // Nothing comes behind Closed.
            std::visit([this](const auto &e) { on(e); }, *event);
        }
        check(closed == session.isOver());
    }
    [[nodiscard]] static Transaction transaction()
    {
        Transaction t;
        t.envelope.reversePath = *Mailbox::parse("me@here");
        t.envelope.forwardPaths = {*Mailbox::parse("a@x"), *Mailbox::parse("b@x")};
        t.size = Content.size();
        return t;
    }
    void begin()
    {
        fates = {Fate {}};
        session.send(transaction(), now);
        name();
    }
    void name()
    {
        for (; follows && fates.size() < 4 && named < 8; ++named) {
            fates.push_back({});
            session.follow(transaction(), now);
        }
    }
    [[nodiscard]] Fate &fate(int ahead)
    {
        check(ahead >= 0 && static_cast<std::size_t>(ahead) < fates.size());
        return fates[static_cast<std::size_t>(ahead)];
    }

    void on(const Event::Send &e)
    {
        check(e.bytes.endsWith("\r\n"));
        check(e.bytes.count('\n') == 1 || e.stage == Stage::Dot);
        if (!fates.empty() && e.stage == Stage::Dot) {
            check(fate(e.ahead).committing || e.bytes == ".\r\n"); // for nobody
            fate(e.ahead).dotSent = true;
        }
        session.written(now);
    }
    void on(const Event::StartTls &) { session.tlsEstablished(now); }
    void on(const Event::AskMechanism &)
    {
        session.mechanismAnswered(Base::fail(Base::Error::Kind::Denied, u"no ticket"_s), now);
    }
    void on(const Event::SendContent &e)
    {
        if (e.octets) {
            for (qint64 left = *e.octets; left > 0; --left)
                check(session.contentChunk("x", now).size() <= 1);
            return session.contentFinished(now);
        }
        check(session.contentChunk(Content, now).isEmpty()
            || session.contentChunk("", now).isEmpty());
        session.contentFinished(now);
    }
    void on(const Event::Commit &e)
    {
        fate(e.ahead).committing = true;
        session.committed(now);
    }
    void on(const Event::LineReceived &e) { check(!e.line.contains(Password)); }
    void on(const Event::ReplyReceived &e) { check(!e.reply.text().contains(Password)); }
    void on(const Event::CapabilitiesChanged &) { }
    void on(const Event::Authenticated &) { }
    void on(const Event::QuirkSeen &e) { check(!e.evidence.contains(Password)); }
    void on(const Event::StageEntered &) { }
    void on(const Event::RecipientDecided &e)
    {
        ++decided;
        const Outcome outcome = e.outcome.outcome;
        if (outcome == Outcome::Accepted || outcome == Outcome::Uncertain)
            check(fate(0).committing && fate(0).dotSent);
        if (outcome == Outcome::Rejected || outcome == Outcome::Accepted)
            check(e.outcome.reply.has_value());
    }
    void on(const Event::TransactionDone &e)
    {
        ++done;
        check(decided == 2 * done); // Each recipient exactly once.
        if (e.follows) {
            check(fates.size() > 1);
            fates.pop_front();
            return name();
        }
        fates.clear();
        if (done == 1 && !session.isOver())
            begin();
        else
            session.quit(now);
    }
    void on(const Event::CommandAnswered &e) { check(!e.line.contains(Password)); }
    void on(const Event::Paused &e)
    {
        check(!e.line.contains(Password));
        // As it was, or as something else.
        const bool replaced = decided % 2 != 0 && session.resume("NOOP", now);
        if (!replaced)
            check(session.resume({}, now).has_value());
    }
    void on(const Event::Ready &) { begin(); }
    void on(const Event::Stopped &) { }
    void on(const Event::Closed &) { closed = true; }
    void on(const Event::Failed &e) { check(!e.failure.error.evidence.contains(Password)); }
};

} // namespace

/// Two bytes choose options and the size of the pieces; the rest comes from the server.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    SessionOptions options;
    options.ehloName = "me.example";
    options.tls = static_cast<TlsPolicy>(data[0] & 3);
    options.auth.need = static_cast<AuthOptions::Need>((data[0] >> 2) % 3);
    options.auth.user = "user";
    options.auth.password = Base::Secret(Password);
    options.auth.allowWithoutTls = (data[0] & 0x40) != 0;
    options.pipelining = (data[0] & 0x80) != 0;
    options.protocol = static_cast<Protocol>((data[1] >> 5) % 3);
    options.chunking = (data[0] & 0x20) != 0 ? Chunking::WhereOffered : Chunking::Off;
    options.chunkSize = data[1] % 2 == 0 ? 7 : 1000;
    options.prdr = (data[0] & 0x10) != 0;
    if (data[1] >= 128)
        options.stop = StopRule {
            static_cast<StopRule::How>(data[1] % 3), allStages[(data[1] >> 2) % allStages.size()]};
    if (data[1] % 32 == 7) {
        options.breaks = BreakRule::everywhere();
        options.commands = {"AUTH PLAIN", "NOOP", "DATA", "."};
    }
    Driver driver {Session(options)};
    driver.follows = data[1] % 3 == 0 && !options.stop && !options.breaks;
    driver.session.start(driver.now);
    driver.drain();
    const QByteArrayView bytes(data + 2, static_cast<qsizetype>(size - 2));
    const qsizetype step = data[1] % 32 + 1;
    for (qsizetype at = 0; at < bytes.size() && !driver.closed; at += step) {
        driver.now += std::chrono::milliseconds(1);
        driver.session.receive(bytes.sliced(at, qMin(step, bytes.size() - at)), driver.now);
        driver.drain();
    }
    driver.session.peerClosed(driver.now);
    driver.drain();
    check(driver.closed);
    return 0;
}
