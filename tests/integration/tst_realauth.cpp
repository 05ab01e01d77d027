// SPDX-License-Identifier: GPL-3.0-or-later
// Every AUTH mechanism against servers that other people wrote.
#include "kerberosrealm.h"
#include "mailservers.h"
#include "opensmtpdserver.h"
#include "submissionserver.h"

#include "base/literals.h"
#include "delivery/sendservice.h"

#include <QSignalSpy>
#include <QTcpServer>
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

Delivery::SendRequest requestTo(const QString &host, quint16 port, const QString &caFile)
{
    Delivery::SendRequest request;
    request.target.host = host;
    request.target.port = port;
    request.target.pinnedAddress = QHostAddress(QHostAddress::LocalHost);
    request.tlsOptions.caFile = caFile;
    return request;
}

/// A session that ends behind AUTH.
Heard authenticate(Delivery::SendRequest request, const Smtp::AuthOptions &auth)
{
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
    if (Test::waitFor([&finished] { return !finished.isEmpty(); }, 60'000))
        heard.record = finished.first().first().value<SessionRecord>();
    return heard;
}

template <typename Server>
Heard authenticate(const Server &server, const Smtp::AuthOptions &auth)
{
    return authenticate(requestTo(u"127.0.0.1"_s, Server::Port, server.caFile()), auth);
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
            MAILGAUGE_MISSING(qPrintable(why));
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
            MAILGAUGE_MISSING(qPrintable(why));
        PostfixServer server(PostfixServer::Sasl::Cyrus);
        const QString error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        takes(server,
            {"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "SCRAM-SHA-1", "SCRAM-SHA-256",
                "SCRAM-SHA-512"});
    }

    void exim()
    {
        if (!Test::EximServer::isAvailable())
            MAILGAUGE_MISSING("Exim is not unpacked: run ./dev test");
        Test::EximServer server;
        const QString error = server.startWithAuth();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        takes(server, {"PLAIN", "LOGIN", "CRAM-MD5"});
        takesCertificate(server);
        // Its NTLM compares with the 24 bytes of version 1 alone, which we never send: what proves
        // the password by version 2 is refused, and does not become something weaker.
        const Heard second = authenticate(server, ann("NTLM"_ba, password));
        QVERIFY2(second.transcript.count("<redacted: AUTH NTLM>") == 2
                && second.record.authMechanism.isEmpty() && second.record.exitCode == 77,
            (second.transcript + server.log().toUtf8()).constData());
    }

    void opensmtpd()
    {
        if (const QString why = Test::OpenSmtpdServer::whyNot(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        Test::OpenSmtpdServer server;
        const QString error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        takes(server, {"PLAIN", "LOGIN"});
    }

    /// Dovecot itself, whom nobody has to tell what the certificate said.
    void submission()
    {
        Test::SubmissionServer server;
        const QString error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        takes(server, {"SCRAM-SHA-1", "SCRAM-SHA-256"});
        takesCertificate(server);
    }

    void anonymous_data()
    {
        QTest::addColumn<PostfixServer::Sasl>("sasl");
        QTest::newRow("rfc4505 Cyrus SASL") << PostfixServer::Sasl::Cyrus;
        QTest::newRow("rfc4505 Dovecot") << PostfixServer::Sasl::Dovecot;
    }
    void anonymous()
    {
        QFETCH(const PostfixServer::Sasl, sasl);
        if (const QString why = PostfixServer::whyNoCyrus(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        PostfixServer server(sasl);
        const QString error = server.start(PostfixServer::withAnonymous);
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        // Cyrus SASL takes an initial response that is empty ("=") for none, and Postfix refuses.
        takesAnybody(server,
            sasl == PostfixServer::Sasl::Cyrus ? QByteArrayList {"sirhc"_ba}
                                               : QByteArrayList {""_ba, "sirhc"_ba});
    }

    void kerberos_data()
    {
        QTest::addColumn<PostfixServer::Sasl>("sasl");
        QTest::newRow("Cyrus SASL") << PostfixServer::Sasl::Cyrus;
        QTest::newRow("Dovecot") << PostfixServer::Sasl::Dovecot;
    }
    /// RFC 4752 with a realm of the test's own.
    void kerberos()
    {
        QFETCH(const PostfixServer::Sasl, sasl);
        if (Sasl::isLeftOut("GSSAPI"))
            MAILGAUGE_MISSING("this build has no Kerberos");
        if (const QString why = Test::KerberosRealm::whyNot() + PostfixServer::whyNoCyrus();
            !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        Test::KerberosRealm realm;
        QString error = realm.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + realm.log()));
        PostfixServer server(sasl, realm.keytab());
        error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        const auto to = [&server](const QString &host) {
            return requestTo(host, PostfixServer::Port, server.caFile());
        };
        const QString host = u"mx.example.org"_s;
        Smtp::AuthOptions ticket;
        ticket.mechanisms = {"GSSAPI"_ba};

        const Heard without = authenticate(to(host), ticket);
        QVERIFY(without.record.failure);
        QVERIFY2(without.record.failure->error.detail.startsWith(u"GSSAPI: there is no ticket"_s),
            qPrintable(without.record.failure->error.detail));
        QCOMPARE(without.record.exitCode, 77);
        QVERIFY(!without.transcript.contains("AUTH GSSAPI"));

        QCOMPARE(realm.logIn(), QString());
        const Heard heard = authenticate(to(host), ticket);
        QVERIFY2(heard.record.authMechanism == "GSSAPI",
            (heard.transcript + server.log().toUtf8() + realm.log().toUtf8()).constData());
        // A ticket is too long for the line of the command.
        QVERIFY2(heard.transcript.contains("\nAUTH GSSAPI\n")
                && heard.transcript.contains("\n<redacted: AUTH GSSAPI>\n"),
            heard.transcript.constData());
        // It is the strongest, where nothing else is given to prove with.
        Smtp::AuthOptions nothing;
        QCOMPARE(authenticate(to(host), nothing).record.authMechanism, "GSSAPI"_ba);
        // The ticket is for that host alone; the next mechanism has its turn.
        Smtp::AuthOptions both = ann("GSSAPI"_ba, password);
        both.mechanisms.append("PLAIN"_ba);
        QCOMPARE(authenticate(to(u"127.0.0.1"_s), both).record.authMechanism, "PLAIN"_ba);

        // By the password, which neither server ever sees.
        realm.logOut();
        const Heard byPassword = authenticate(to(host), ann("GSSAPI"_ba, password));
        QCOMPARE(byPassword.record.authMechanism, "GSSAPI"_ba);
        QVERIFY(!byPassword.transcript.contains(password));
        const Heard wrong = authenticate(to(host), ann("GSSAPI"_ba, "wrong-c4n4ry"_ba));
        QVERIFY(wrong.record.failure);
        QVERIFY(wrong.record.failure->error.detail.startsWith(u"GSSAPI: the password is wrong"_s));
        QVERIFY(!wrong.transcript.contains("c4n4ry"));
    }

    /// While one session waits for a KDC that says nothing, others of the same thread go on.
    void slowKdc()
    {
        if (Sasl::isLeftOut("GSSAPI"))
            MAILGAUGE_MISSING("this build has no Kerberos");
        if (const QString why = Test::KerberosRealm::whyNot() + PostfixServer::whyNoCyrus();
            !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        Test::KerberosRealm realm;
        QString error = realm.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + realm.log()));
        PostfixServer server(PostfixServer::Sasl::Cyrus, realm.keytab());
        error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        QCOMPARE(realm.logIn(), QString());
        realm.stopKdc();
        QTcpServer silent; // takes connections and leaves them alone
        QVERIFY(silent.listen(QHostAddress(QHostAddress::LocalHost), Test::KerberosRealm::Port));

        Delivery::SendRequest waits = requestTo(
            u"mx.example.org"_s, PostfixServer::Port, server.caFile());
        waits.session.ehloName = "client.example.org";
        waits.session.auth.need = Smtp::AuthOptions::Need::Required;
        waits.session.auth.mechanisms = {"GSSAPI"_ba};
        waits.session.deadlines.auth = std::chrono::seconds(3);
        Delivery::SendRequest goesOn = waits;
        goesOn.session.auth = ann("PLAIN"_ba, password);
        goesOn.session.auth.need = Smtp::AuthOptions::Need::Required;
        const Base::SystemClock clock;
        Delivery::SendService service(nullptr, clock);
        QSignalSpy finished(&service, &Delivery::SendService::finished);
        const QUuid first = service.send(waits);
        const QUuid second = service.send(goesOn);
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 2, 30'000);
        const auto quick = finished[0].first().value<SessionRecord>();
        const auto slow = finished[1].first().value<SessionRecord>();
        QCOMPARE(quick.id, second);
        QCOMPARE(quick.authMechanism, "PLAIN"_ba);
        QCOMPARE(slow.id, first);
        QVERIFY(slow.failure);
        QCOMPARE(slow.failure->error.kind, Base::Error::Kind::Timeout);
        QCOMPARE(slow.failure->stage, Smtp::Stage::Auth);
        QCOMPARE(slow.exitCode, 75);
    }

    /// SCRAM bound to the TLS connection, at a server that other people wrote.
    void bound_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::newRow("rfc9266 tls-exporter") << "1.3"_ba;
        QTest::newRow("rfc5929 tls-unique") << "1.2"_ba;
    }
    void bound()
    {
        QFETCH(const QByteArray, version);
        Test::SubmissionServer server;
        const QString error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        Delivery::SendRequest request = requestTo(
            u"127.0.0.1"_s, Test::SubmissionServer::Port, server.caFile());
        request.tlsOptions.minVersion = request.tlsOptions.maxVersion = version;
        for (const QByteArray &mechanism : {"SCRAM-SHA-1-PLUS"_ba, "SCRAM-SHA-256-PLUS"_ba}) {
            const Heard heard = authenticate(request, ann(mechanism, password));
            QVERIFY2(heard.record.authMechanism == mechanism,
                (heard.transcript + server.log().toUtf8()).constData());
            const Heard refused = authenticate(request, ann(mechanism, "wrong-c4n4ry"_ba));
            QCOMPARE(refused.record.exitCode, 77);
        }
        // By itself the bound one is taken.
        Smtp::AuthOptions any = ann({}, password);
        any.mechanisms.clear();
        QCOMPARE(authenticate(request, any).record.authMechanism, "SCRAM-SHA-256-PLUS"_ba);
    }

private:
    /// The right password lets in, the wrong one does not, and neither stands in the transcript.
    template <typename Server>
    static void takes(const Server &server, const QByteArrayList &mechanisms)
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

    /// RFC 4422 A: the certificate of ann lets her in as herself and as nobody else, and without
    /// one nobody gets in.
    template <typename Server>
    static void takesCertificate(const Server &server)
    {
        Delivery::SendRequest request = requestTo(u"127.0.0.1"_s, Server::Port, server.caFile());
        request.tlsOptions.certificateFile = server.clientFile();
        Smtp::AuthOptions auth;
        auth.mechanisms = {"EXTERNAL"_ba};
        for (const QByteArray &name : {""_ba, "ann"_ba}) {
            auth.authorizationId = name;
            const Heard heard = authenticate(request, auth);
            QVERIFY2(heard.record.authMechanism == "EXTERNAL",
                (heard.transcript + server.log().toUtf8()).constData());
        }
        auth.authorizationId = "eve";
        const Heard other = authenticate(request, auth);
        QVERIFY2(other.record.authMechanism.isEmpty() && other.record.exitCode == 77,
            (other.transcript + server.log().toUtf8()).constData());
        auth.authorizationId.clear();
        request.tlsOptions.certificateFile.clear();
        const Heard without = authenticate(request, auth);
        QVERIFY2(without.record.authMechanism.isEmpty() && without.record.exitCode == 77,
            (without.transcript + server.log().toUtf8()).constData());
    }

    /// RFC 4505: whoever says nothing or anything about himself.
    template <typename Server>
    static void takesAnybody(
        const Server &server, const QByteArrayList &traces = {""_ba, "sirhc"_ba})
    {
        Smtp::AuthOptions auth;
        auth.mechanisms = {"ANONYMOUS"_ba};
        for (const QByteArray &trace : traces) {
            auth.user = trace;
            const Heard heard = authenticate(server, auth);
            QVERIFY2(heard.record.authMechanism == "ANONYMOUS",
                (heard.transcript + server.log().toUtf8()).constData());
        }
    }
};

QTEST_GUILESS_MAIN(TestRealAuth)
#include "tst_realauth.moc"
