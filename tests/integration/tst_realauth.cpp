// SPDX-License-Identifier: GPL-3.0-or-later
// Every AUTH mechanism against servers that other people wrote.
#include "mailservers.h"

#include "base/literals.h"
#include "delivery/sendservice.h"

#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using Test::PostfixServer;
using Transcript::SessionRecord;
using Transcript::WholeOutcome;

namespace {

const QByteArray password = "s3cret-canary"_ba;

struct Heard {
    SessionRecord record;
    QByteArray transcript;
};

/// A session that ends behind AUTH.
Heard authenticate(const PostfixServer &server, const Smtp::AuthOptions &auth)
{
    Delivery::SendRequest request;
    request.target.host = u"127.0.0.1"_s;
    request.target.port = PostfixServer::Port;
    request.tlsOptions.caFile = server.caFile();
    request.session.ehloName = "client.example.org";
    request.session.auth = auth;
    request.session.auth.need = Smtp::AuthOptions::Need::Required;
    const Base::SystemClock clock;
    Delivery::SendService service(nullptr, clock);
    Heard heard;
    QObject::connect(&service, &Delivery::SendService::entriesRecorded, &service,
        [&heard](const QUuid &, const QList<Transcript::Entry> &more) {
            for (const Transcript::Entry &entry : more)
                heard.transcript += entry.text + '\n';
        });
    QSignalSpy finished(&service, &Delivery::SendService::finished);
    service.send(request);
    if (QTest::qWaitFor([&finished] { return !finished.isEmpty(); }, 30'000))
        heard.record = finished.first().first().value<SessionRecord>();
    return heard;
}

Smtp::AuthOptions ann(const QByteArray &mechanism, const QByteArray &secret)
{
    Smtp::AuthOptions auth;
    auth.mechanisms = {mechanism};
    auth.user = "ann";
    auth.password = Base::Secret(secret);
    return auth;
}

} // namespace

class TestRealAuth final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Test::whyNoRealServers(); !why.isEmpty())
            QSKIP(qPrintable(why));
    }

    void dovecot()
    {
        PostfixServer server;
        const QString error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        takes(server, {"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"});

        const QByteArray token = PostfixServer::tokenFor("ann"_ba, QDateTime::currentDateTimeUtc());
        for (const char *name : {"OAUTHBEARER", "XOAUTH2"}) {
            Smtp::AuthOptions auth = ann(name, {});
            auth.token = Base::Secret(token);
            const Heard heard = authenticate(server, auth);
            QVERIFY2(heard.record.authMechanism == name,
                (heard.transcript + server.log().toUtf8()).constData());
            QVERIFY(!heard.transcript.contains(token.toBase64().first(40)));
            // A token that the key did not sign: the JSON behind the 334 is told.
            QByteArray forged = token;
            forged.replace(forged.size() - 12, 12, "AAAAAAAAAAAA");
            auth.token = Base::Secret(forged);
            const Heard refused = authenticate(server, auth);
            QVERIFY(refused.record.authMechanism.isEmpty());
            QVERIFY(refused.record.failure);
            QVERIFY2(refused.record.failure->error.detail.contains(u"status: "_s),
                (refused.transcript + server.log().toUtf8()).constData());
            QCOMPARE(refused.record.exitCode, 77);
        }
    }

    void cyrus()
    {
        if (const QString why = PostfixServer::whyNoCyrus(); !why.isEmpty())
            QSKIP(qPrintable(why));
        PostfixServer server(PostfixServer::Sasl::Cyrus);
        const QString error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        takes(server,
            {"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "SCRAM-SHA-1", "SCRAM-SHA-256",
                "SCRAM-SHA-512"});
    }

private:
    /// The right password lets in, the wrong one does not, and neither stands in the transcript.
    static void takes(const PostfixServer &server, const QByteArrayList &mechanisms)
    {
        for (const QByteArray &mechanism : mechanisms) {
            const Heard heard = authenticate(server, ann(mechanism, password));
            QVERIFY2(heard.record.authMechanism == mechanism,
                (mechanism + '\n' + heard.transcript + server.log().toUtf8()).constData());
            QVERIFY(!heard.transcript.contains(password));
            QVERIFY(!heard.transcript.contains(password.toBase64().first(16)));
            const Heard refused = authenticate(server, ann(mechanism, "wrong-c4n4ry"_ba));
            QVERIFY2(refused.record.authMechanism.isEmpty(), mechanism.constData());
            QVERIFY2(
                refused.record.exitCode == 77, (mechanism + '\n' + refused.transcript).constData());
            QVERIFY(!refused.transcript.contains("c4n4ry"));
        }
    }
};

QTEST_GUILESS_MAIN(TestRealAuth)
#include "tst_realauth.moc"
