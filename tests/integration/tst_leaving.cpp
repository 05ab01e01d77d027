// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves this machine after real sessions: nothing secret, nothing that acts, nothing lost.
#include "bundle/export.h"
#include "bundle/sessionimport.h"
#include "delivery/sendservice.h"
#include "fakerelay.h"
#include "sandbox/sandboxservice.h"
#include "sandbox/scenariocatalogue.h"
#include "secretforms.h"
#include "store/database.h"
#include "storesupport.h"

#include "base/literals.h"

#include <QBuffer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using Bundle::BundledSession;
using Bundle::ExportRequest;
using Test::FakeRelay;
using Test::Script;
using Transcript::ExportFormat;
using Transcript::RedactionLevel;

namespace {

const QByteArray canary = "c4n4ry%s3cret+p\xc3\xa4ss"_ba;
const QByteArray tokenCanary = "c4n4ry.t0ken+/~%and-more"_ba; // tokens are ASCII
const QByteArray message
    = "From: Ann <ann@x.example>\r\nTo: bob@y.example\r\nSubject: x\r\n\r\nHello bob@y.example\r\n"_ba;

struct Heard {
    explicit Heard(Delivery::SendService &service)
    {
        QObject::connect(&service, &Delivery::SendService::entriesRecorded, &context,
            [this](const QUuid &, const QList<Transcript::Entry> &more) { entries += more; });
        QObject::connect(&service, &Delivery::SendService::finished, &context,
            [this](const Transcript::SessionRecord &done) { record = done; });
    }
    [[nodiscard]] BundledSession session() const
    {
        BundledSession one {{*record, entries}, message};
        for (Transcript::Entry &entry : one.session.entries) {
            for (Transcript::Redaction &redaction : entry.redactions)
                redaction.kept = {};
        }
        return one;
    }

    QObject context;
    QList<Transcript::Entry> entries;
    std::optional<Transcript::SessionRecord> record;
};

Delivery::SendRequest requestTo(quint16 port)
{
    Delivery::SendRequest request;
    request.target.host = u"127.0.0.1"_s;
    request.target.port = port;
    request.session.ehloName = "tester.example"_ba;
    request.session.tls = Smtp::TlsPolicy::None;
    request.envelope.reversePath = *Smtp::Mailbox::parse("ann@x.example");
    request.envelope.forwardPaths = {*Smtp::Mailbox::parse("bob@y.example")};
    request.content = Base::Content();
    request.content->bytes = message;
    request.messageId = "1@x.example"_ba;
    request.subject = u"x"_s;
    return request;
}

QList<ExportRequest> everyExport(const BundledSession &session)
{
    QList<ExportRequest> requests;
    for (const auto level :
        {RedactionLevel::Secrets, RedactionLevel::Addresses, RedactionLevel::Bodies}) {
        for (const auto &format : {std::optional<ExportFormat>(), std::optional(ExportFormat::Text),
                 std::optional(ExportFormat::Ansi), std::optional(ExportFormat::Html),
                 std::optional(ExportFormat::JsonLines)}) {
            ExportRequest request {.format = format, .level = level};
            request.source.sessions = {session};
            request.source.versions = Bundle::programVersions();
            requests.append(request);
        }
    }
    return requests;
}

QByteArrayList exportsOf(const BundledSession &session)
{
    QByteArrayList all;
    for (const ExportRequest &request : everyExport(session)) {
        const auto files = Bundle::makeExport(request);
        if (!files)
            return {};
        for (const Bundle::BundleFile &file : *files)
            all.append(file.bytes);
        all.append(Bundle::packExport(request, *files).value_or(QByteArray()));
    }
    return all;
}

} // namespace

class TestLeaving final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyScenarioComesBack_data()
    {
        QTest::addColumn<QString>("scenario");
        for (const Sandbox::ScenarioInfo &info : Sandbox::shippedScenarios())
            QTest::newRow(qPrintable(info.name)) << info.name;
    }

    void everyScenarioComesBack()
    {
        QFETCH(QString, scenario);
        const Base::SystemClock clock;
        Sandbox::SandboxService sandbox(clock);
        QSignalSpy started(&sandbox, &Sandbox::SandboxService::started);
        Sandbox::SandboxOptions options;
        options.scenario = *Sandbox::loadScenario(scenario);
        sandbox.start(options);
        QTRY_COMPARE(started.size(), 1);
        const QTemporaryDir dir;
        const auto store = Store::Database::open(dir.filePath(u"store.db"_s));
        QVERIFY(store);
        Delivery::SendService service(&(*store)->sessions(), clock);
        Heard heard(service);
        Delivery::SendRequest request = requestTo(sandbox.address()->port);
        request.session.tls = Smtp::TlsPolicy::Opportunistic;
        request.tlsOptions.caPem = sandbox.address()->caPem;
        request.envelope.forwardPaths.append(*Smtp::Mailbox::parse("reject-carl@y.example"));
        request.session.auth.need = Smtp::AuthOptions::Need::IfOffered;
        request.session.auth.user = options.user;
        request.session.auth.password = Base::Secret(options.password);
        service.send(request);
        QTRY_VERIFY_WITH_TIMEOUT(heard.record, 60'000);
        const BundledSession session = heard.session();
        QVERIFY(session.session.entries.size() > 2);

        for (const auto &format :
            {std::optional<ExportFormat>(), std::optional(ExportFormat::JsonLines)}) {
            ExportRequest wanted {.format = format, .level = RedactionLevel::Secrets};
            wanted.source.sessions = {session};
            const auto files = Bundle::makeExport(wanted);
            QVERIFY(files);
            QBuffer buffer;
            buffer.setData(*Bundle::packExport(wanted, *files));
            buffer.open(QIODevice::ReadOnly);
            const auto back = Bundle::readSessions(buffer);
            QVERIFY2(back, back ? "" : qPrintable(back.error().detail));
            QVERIFY(back->constFirst().session.record == session.session.record);
            QCOMPARE(back->constFirst().session.entries, session.session.entries);
            // Kept in another store it is the same again.
            const QTemporaryDir other;
            const auto second = Store::Database::open(other.filePath(u"store.db"_s));
            QVERIFY(second);
            Transcript::SessionRepository &sessions = (*second)->sessions();
            QVERIFY(Test::take(sessions.add(back->constFirst().session.record,
                back->constFirst().session.entries, back->constFirst().message)));
            const QUuid id = session.session.record.id;
            QVERIFY(*Test::take(sessions.record(id)) == session.session.record);
            QCOMPARE(*Test::take(sessions.entries(id)), session.session.entries);
            if (!format)
                QCOMPARE(*Test::take(sessions.message(session.session.record.message)), message);
            // Twice is once.
            const auto again = Test::take(sessions.add(session.session.record, {}, {}));
            QVERIFY(!again);
            QCOMPARE(again.error().kind, Base::Error::Kind::InvalidInput);
            QCOMPARE(*Test::take(sessions.entries(id)), session.session.entries);
        }
        for (const QByteArray &artefact : exportsOf(session))
            QVERIFY(!artefact.contains("open-sesame") && !artefact.contains("b3Blbi1zZXNhbWU"));
    }

    /// E1, E2: whatever the mechanism, and however the server repeats what it was told.
    void canaries_data()
    {
        QTest::addColumn<QByteArray>("mechanism");
        QTest::addColumn<QByteArrayList>("challenges");
        QTest::newRow("PLAIN") << "PLAIN"_ba << QByteArrayList {};
        QTest::newRow("LOGIN") << "LOGIN"_ba
                               << QByteArrayList {"VXNlcm5hbWU6"_ba, "UGFzc3dvcmQ6"_ba};
        QTest::newRow("CRAM-MD5") << "CRAM-MD5"_ba << QByteArrayList {"PDFAeD4="_ba};
        for (const char *name :
            {"SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "XOAUTH2"})
            QTest::newRow(name) << QByteArray(name) << QByteArrayList {};
        QTest::newRow("DIGEST-MD5")
            << "DIGEST-MD5"_ba
            << QByteArrayList {R"(nonce="n",algorithm=md5-sess,charset=utf-8)"_ba.toBase64()};
        QTest::newRow("NTLM")
            << "NTLM"_ba
            << QByteArrayList {
                   "TlRMTVNTUAACAAAADAAMADgAAAAzgoriASNFZ4mrze8AAAAAAAAAACQAJABEAAAABgBwFwAAAA9TAGUAcgB2AGUAcgACAAwARABvAG0AYQBpAG4AAQAMAFMAZQByAHYAZQByAAAAAAA="_ba};
    }

    void canaries()
    {
        QFETCH(QByteArray, mechanism);
        QFETCH(QByteArrayList, challenges);
        const QByteArray secret = Sasl::proofOf(mechanism) == Sasl::Proof::Token ? tokenCanary
                                                                                 : canary;
        Script script = Script::hello({"AUTH " + mechanism});
        QByteArray expected = "AUTH " + mechanism;
        for (const QByteArray &challenge : std::as_const(challenges)) {
            script.answer(expected, "334 " + challenge + "\r\n");
            expected.clear();
        }
        script.answer(expected, Test::refusalEchoing(secret)).quit();
        FakeRelay relay({script});

        const QTemporaryDir dir;
        const Base::SystemClock clock;
        QByteArrayList artefacts;
        {
            const auto store = Store::Database::open(dir.filePath(u"store.db"_s));
            QVERIFY(store);
            Delivery::SendService service(&(*store)->sessions(), clock);
            Heard heard(service);
            Delivery::SendRequest request = requestTo(relay.port());
            request.keepSecrets = true;
            request.session.auth.need = Smtp::AuthOptions::Need::Required;
            request.session.auth.allowWithoutTls = true;
            request.session.auth.mechanisms = {mechanism};
            request.session.auth.user = "ann"_ba;
            request.session.auth.password = Base::Secret(secret);
            service.send(request);
            QTRY_VERIFY(heard.record);
            // With what the user chose to keep still in memory: it must not leave either.
            artefacts = exportsOf({{*heard.record, heard.entries}, message});
            QVERIFY(artefacts.size() > 15);
            QVERIFY(artefacts.join().contains("535"));
            artefacts += exportsOf(
                {{*Test::take((*store)->sessions().record(heard.record->id)),
                     *Test::take((*store)->sessions().entries(heard.record->id))},
                    message});
        }
        artefacts += Test::filesBelow(dir.path()).values();
        for (const QByteArray &artefact : std::as_const(artefacts)) {
            const QByteArray leak = Test::leakIn(artefact, secret);
            QVERIFY2(leak.isEmpty(), leak.toPercentEncoding().constData());
        }
    }

    /// A reply line of 100 MB ends the session; what leaves is short (faults B4).
    void endlessLineIsCutAtTheLimit()
    {
        FakeRelay relay({Script()
                .send("220 hi\r\n"_ba)
                .expect("EHLO"_ba)
                .send("250 "_ba)
                .send(QByteArray(1024 * 1024, 'x'), 100)
                .send("\r\n"_ba)});
        const Base::SystemClock clock;
        Delivery::SendService service(nullptr, clock);
        Heard heard(service);
        service.send(requestTo(relay.port()));
        QTRY_VERIFY_WITH_TIMEOUT(heard.record, 30'000);
        QVERIFY(heard.record->failure);
        QCOMPARE(heard.record->failure->error.kind, Base::Error::Kind::ReplyTooLong);
        for (const QByteArray &artefact : exportsOf(heard.session()))
            QVERIFY(artefact.size() < 1024 * 1024);
    }
};

QTEST_GUILESS_MAIN(TestLeaving)
#include "tst_leaving.moc"
