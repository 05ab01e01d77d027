// SPDX-License-Identifier: GPL-3.0-or-later
// The resolver against a real name server with signed zones, and against what sits on the way.
#include "dns/unboundresolver.h"
#include "knotserver.h"

#include "base/literals.h"
#include "dns/name.h"

#include <QTest>
#include <QUdpSocket>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Dns::Answer;
using Dns::Status;
using Dns::Type;
using Test::KnotServer;

namespace {

const QByteArray records = R"(@ MX 20 mx2
@ MX 10 mx1
@ TXT "v=spf1 " "-all"
mx1 A 192.0.2.1
mx1 A 192.0.2.2
mx1 AAAA 2001:db8::1
mx2 A 192.0.2.3
www CNAME web
web CNAME mx1
hole CNAME nowhere
_25._tcp.mx1 TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
_submission._tcp SRV 0 1 587 mx1
null MX 0 .
1 PTR host.example.org.
)"_ba;

/// Sits between the resolver and the name server: passes on, changes or swallows.
class Meddler final : public QObject {
public:
    enum class Does : quint8 {
        PassesOn,
        ChangesAddresses,
        StripsSignatures,
        Swallows
    };

    explicit Meddler(Does does)
        : m_does(does)
    {
        m_front.bind(QHostAddress::LocalHost, 0);
        connect(&m_front, &QUdpSocket::readyRead, this, &Meddler::asked);
    }
    [[nodiscard]] QString address() const { return u"127.0.0.1:%1"_s.arg(m_front.localPort()); }

    int questions = 0;

private:
    void asked()
    {
        while (m_front.hasPendingDatagrams()) {
            QByteArray question(m_front.pendingDatagramSize(), '\0');
            QHostAddress from;
            quint16 port = 0;
            m_front.readDatagram(question.data(), question.size(), &from, &port);
            ++questions;
            if (m_does == Does::Swallows)
                continue;
            if (m_does == Does::StripsSignatures) // no EDNS, so no DO
                question = question.first(10) + "\0\0"_ba
                    + question.sliced(12, question.size() - 23);
            auto *back = new QUdpSocket(this);
            connect(back, &QUdpSocket::readyRead, this, [this, back, from, port] {
                QByteArray answer(back->pendingDatagramSize(), '\0');
                back->readDatagram(answer.data(), answer.size());
                if (m_does == Does::ChangesAddresses)
                    answer.replace("\xc0\x00\x02\x03"_ba, "\xc0\x00\x02\x42"_ba);
                m_front.writeDatagram(answer, from, port);
                back->deleteLater();
            });
            back->writeDatagram(question, QHostAddress(QHostAddress::LocalHost), KnotServer::Port);
        }
    }

    Does m_does;
    QUdpSocket m_front;
};

std::unique_ptr<Dns::UnboundResolver> resolverFor(const Dns::ResolverOptions &options)
{
    auto made = Dns::UnboundResolver::create(options);
    if (!made) {
        qWarning() << made.error().detail;
        return {};
    }
    return std::move(*made);
}

Answer wait(const QFuture<Answer> &future)
{
    if (!Test::waitFor([&future] { return future.isFinished(); }, 10'000)
        || future.resultCount() == 0)
        return {.reason = u"no answer at all"_s};
    return future.result();
}

} // namespace

class TestUnboundResolver : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = KnotServer::whyNot(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        const QString error = m_server.start(
            {{u"signed.example"_s, records, true}, {u"plain.example"_s, records, false},
                {u"broken.example"_s, {}, false}, {u"test"_s, "relay A 192.0.2.7\n"_ba, false},
                {u"168.192.in-addr.arpa"_s, "1.1 PTR host.plain.example.\n"_ba, false}});
        QVERIFY2(error.isEmpty(), qPrintable(error));
        m_options.server = m_server.address();
        m_options.anchors = m_server.anchors(u"signed.example"_s);
        QVERIFY(!m_options.anchors.isEmpty());
        // Until the signed zone is loaded.
        QTRY_COMPARE(
            wait(resolverFor(m_options)->ask({"signed.example", Type::Mx})).status, Status::Found);
    }

    void answers_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<Type>("type");
        QTest::addColumn<Status>("status");
        QTest::addColumn<bool>("authenticated");
        QTest::addColumn<QByteArrayList>("texts");
        const auto row = [](const char *title, const QByteArray &name, Type type, Status status,
                             bool authenticated, const QByteArrayList &texts) {
            QTest::newRow(title) << name << type << status << authenticated << texts;
        };
        row("MX", "signed.example", Type::Mx, Status::Found, true,
            {"10 mx1.signed.example", "20 mx2.signed.example"});
        row("A", "mx1.signed.example", Type::A, Status::Found, true, {"192.0.2.1", "192.0.2.2"});
        row("AAAA", "mx1.signed.example", Type::Aaaa, Status::Found, true, {"2001:db8::1"});
        row("TXT", "signed.example", Type::Txt, Status::Found, true, {"\"v=spf1 \" \"-all\""});
        row("TLSA", "_25._tcp.mx1.signed.example", Type::Tlsa, Status::Found, true,
            {"3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"});
        row("SRV", "_submission._tcp.signed.example", Type::Srv, Status::Found, true,
            {"0 1 587 mx1.signed.example"});
        row("RFC 7505 null MX", "null.signed.example", Type::Mx, Status::Found, true, {"0 ."});
        row("NODATA", "mx1.signed.example", Type::Mx, Status::NoData, true, {});
        row("A3 NXDOMAIN", "none.signed.example", Type::A, Status::NxDomain, true, {});
        row("unsigned", "plain.example", Type::Mx, Status::Found, false,
            {"10 mx1.plain.example", "20 mx2.plain.example"});
        row("unsigned NODATA", "mx1.plain.example", Type::Mx, Status::NoData, false, {});
        row("A3 unsigned NXDOMAIN", "none.plain.example", Type::A, Status::NxDomain, false, {});
        row("A3 SERVFAIL", "broken.example", Type::Mx, Status::ServerFailure, false, {});
        row("A3 REFUSED", "not-served.example", Type::Mx, Status::ServerFailure, false, {});
        row("a name that libunbound would answer by itself", "relay.test", Type::A, Status::Found,
            false, {"192.0.2.7"});
        row("PTR of a private address", "1.1.168.192.in-addr.arpa", Type::Ptr, Status::Found, false,
            {"host.plain.example"});
    }

    void answers()
    {
        QFETCH(QByteArray, name);
        QFETCH(Type, type);
        QFETCH(Status, status);
        QFETCH(bool, authenticated);
        QFETCH(QByteArrayList, texts);
        const auto resolver = resolverFor(m_options);
        const Answer answer = wait(resolver->ask({name, type}));
        QVERIFY2(answer.status == status, qPrintable(Dns::describe(answer)));
        QCOMPARE(answer.authenticated, authenticated);
        QByteArrayList got;
        for (const Dns::Record &record : answer.records)
            got.append(Dns::toText(record.data));
        std::ranges::sort(got);
        QCOMPARE(got, texts);
        if (status == Status::Found)
            QCOMPARE(answer.ttl, 300u);
        else if (!answer.isTemporary())
            QCOMPARE(answer.ttl, 60u);
    }

    void aliases()
    {
        const auto resolver = resolverFor(m_options);
        const Answer found = wait(resolver->ask({"www.signed.example", Type::Aaaa}));
        QCOMPARE(found.status, Status::Found);
        QVERIFY(found.authenticated);
        QCOMPARE(found.aliases, (QByteArrayList {"web.signed.example", "mx1.signed.example"}));
        const Answer hole = wait(resolver->ask({"hole.signed.example", Type::A}));
        QCOMPARE(hole.status, Status::NxDomain);
        QCOMPARE(hole.aliases, QByteArrayList {"nowhere.signed.example"});
    }

    void tamperedAnswerIsBogus()
    {
        Meddler meddler(Meddler::Does::ChangesAddresses);
        Dns::ResolverOptions options = m_options;
        options.server = meddler.address();
        const auto resolver = resolverFor(options);
        const Answer answer = wait(resolver->ask({"mx2.signed.example", Type::A}));
        QCOMPARE(answer.status, Status::Bogus);
        QVERIFY(answer.records.isEmpty());
        QVERIFY(!answer.authenticated);
        QVERIFY2(answer.reason.contains(u"signature"_s), qPrintable(answer.reason));
        // Where nobody signs, nobody notices.
        const Answer plain = wait(resolver->ask({"mx2.plain.example", Type::A}));
        QCOMPARE(plain.all<QHostAddress>(), QList {QHostAddress(u"192.0.2.66"_s)});
        QVERIFY(!plain.authenticated);
    }

    void strippedSignaturesAreNotAuthenticated()
    {
        Meddler meddler(Meddler::Does::StripsSignatures);
        Dns::ResolverOptions options = m_options;
        options.server = meddler.address();
        const Answer lenient = wait(resolverFor(options)->ask({"mx2.signed.example", Type::A}));
        QCOMPARE(lenient.status, Status::Found);
        QVERIFY(!lenient.authenticated);
        options.requireDnssec = true;
        const Answer strict = wait(resolverFor(options)->ask({"mx2.signed.example", Type::A}));
        QCOMPARE(strict.status, Status::Bogus);
        QVERIFY(!strict.reason.isEmpty());
    }

    void silenceIsATimeout() // A3
    {
        Meddler meddler(Meddler::Does::Swallows);
        Dns::ResolverOptions options = m_options;
        options.server = meddler.address();
        options.timeout = 300ms;
        const auto resolver = resolverFor(options);
        const Answer answer = wait(resolver->ask({"plain.example", Type::Mx}));
        QCOMPARE(answer.status, Status::Timeout);
        QVERIFY(meddler.questions > 0);
        QCOMPARE(resolver->pending(), 0);
    }

    void cancelAndLeave() // A3: no crash on a late answer
    {
        Meddler meddler(Meddler::Does::Swallows);
        Dns::ResolverOptions options = m_options;
        options.server = meddler.address();
        auto resolver = resolverFor(options);
        QFuture<Answer> cancelled = resolver->ask({"plain.example", Type::Mx});
        const QFuture<Answer> left = resolver->ask({"plain.example", Type::A});
        QCOMPARE(resolver->pending(), 2);
        cancelled.cancel();
        QTRY_COMPARE(resolver->pending(), 1);
        QVERIFY(cancelled.isFinished());
        resolver.reset();
        QVERIFY(left.isCanceled());
        QVERIFY(left.isFinished());
        QCOMPARE(left.resultCount(), 0);
    }

    void resolverMayGoWithItsAnswer()
    {
        auto resolver = resolverFor(m_options);
        bool heard = false;
        resolver->ask({"signed.example", Type::Mx}).then(this, [&](const Answer &answer) {
            heard = answer.status == Status::Found;
            resolver.reset();
        });
        for (int i = 0; i < 20; ++i)
            static_cast<void>(resolver->ask({"signed.example", Type::Txt}));
        QTRY_VERIFY(heard);
        QVERIFY(!resolver);
    }

    void manyAtOnce()
    {
        const auto resolver = resolverFor(m_options);
        QList<QFuture<Answer>> futures;
        for (int i = 0; i < 200; ++i)
            futures.append(resolver->ask(
                {i % 2 ? "mx1.signed.example"_ba : "none.signed.example"_ba, Type::A}));
        for (const QFuture<Answer> &future : futures)
            QVERIFY(!wait(future).isTemporary());
        QCOMPARE(resolver->pending(), 0);
    }

    void options_data()
    {
        QTest::addColumn<Dns::ResolverOptions>("options");
        QTest::addColumn<bool>("good");
        QTest::newRow("port") << Dns::ResolverOptions {.server = u"127.0.0.1:5300"_s} << true;
        QTest::newRow("address") << Dns::ResolverOptions {.server = u"127.0.0.1"_s} << true;
        QTest::newRow("IPv6") << Dns::ResolverOptions {.server = u"[::1]:5300"_s} << true;
        QTest::newRow("IPv6 alone") << Dns::ResolverOptions {.server = u"::1"_s} << true;
        QTest::newRow("name") << Dns::ResolverOptions {.server = u"localhost:53"_s} << false;
        QTest::newRow("port 0") << Dns::ResolverOptions {.server = u"127.0.0.1:0"_s} << false;
        QTest::newRow("no such file")
            << Dns::ResolverOptions {.server = u"127.0.0.1"_s, .anchorFile = u"/nowhere"_s}
            << false;
    }

    void options()
    {
        QFETCH(Dns::ResolverOptions, options);
        QFETCH(bool, good);
        QCOMPARE(bool(Dns::UnboundResolver::create(options)), good);
    }

private:
    KnotServer m_server;
    Dns::ResolverOptions m_options;
};

QTEST_GUILESS_MAIN(TestUnboundResolver)
#include "tst_unboundresolver.moc"
