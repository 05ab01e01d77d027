// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/redaction.h"

#include "base/literals.h"
#include "base/secretmask.h"
#include "samplesession.h"
#include "testsupport.h"

#include <QBuffer>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

ExportedSession sample()
{
    const auto session = Test::sampleSession();
    return {session.record, session.entries};
}

QByteArray exported(const ExportedSession &session, ExportFormat format)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    return SessionExporter::write({session}, format, {}, buffer) ? buffer.data() : "failed"_ba;
}

Entry contentLine(qint64 n, const QByteArray &text)
{
    Entry entry;
    entry.n = n;
    entry.direction = Direction::Client;
    entry.stage = Smtp::Stage::Content;
    entry.text = text;
    return entry;
}

} // namespace

class TestRedaction final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void names()
    {
        for (const auto level :
            {RedactionLevel::Secrets, RedactionLevel::Addresses, RedactionLevel::Bodies})
            QCOMPARE(redactionLevelFromName(redactionLevelName(level)), level);
        QVERIFY(!redactionLevelFromName("none"));
    }

    /// What is shared hides local parts unless somebody chose otherwise.
    void addressesAreHiddenByDefaultE8() { QCOMPARE(defaultRedaction, RedactionLevel::Addresses); }

    void golden_data()
    {
        QTest::addColumn<int>("level");
        QTest::newRow("addresses") << static_cast<int>(RedactionLevel::Addresses);
        QTest::newRow("bodies") << static_cast<int>(RedactionLevel::Bodies);
    }

    void golden()
    {
        QFETCH(int, level);
        const ExportedSession session = sample();
        Redactor redactor(static_cast<RedactionLevel>(level), {session.record});
        const ExportedSession redacted = *redactor.apply(session);
        for (const auto &[format, ending] : {std::pair {ExportFormat::Text, u"txt"_s},
                 std::pair {ExportFormat::JsonLines, u"jsonl"_s}}) {
            const QString difference = Test::compareGolden(
                u"transcript/redacted-%1.%2"_s.arg(
                    QLatin1StringView(QTest::currentDataTag()), ending),
                exported(redacted, format));
            QVERIFY2(difference.isEmpty(), qPrintable(difference));
        }
    }

    void secretsChangesNothingButKeptOnes()
    {
        ExportedSession session = sample();
        Redactor redactor(RedactionLevel::Secrets, {session.record});
        const ExportedSession out = *redactor.apply(session);
        for (Entry &entry : session.entries) {
            for (Redaction &redaction : entry.redactions)
                redaction.kept = {};
        }
        QVERIFY(out == session);
    }

    /// A finding may name a file of the user's.
    void noHomeIsLeft()
    {
        ExportedSession session = sample();
        const QString file = QDir::homePath() + u"/.netrc"_s;
        session.record.findings = {{"credentials.exposed"_ba, Smtp::Stage::Auth, file.toUtf8()}};
        Redactor redactor(RedactionLevel::Addresses, {session.record}, {});
        const SessionRecord record = redactor.apply(session.record);
        QVERIFY(!record.findings.first().evidence.contains(QDir::homePath().toUtf8()));
        QVERIFY(record.findings.first().evidence.contains(".netrc"));
    }

    void noLocalPartIsLeft()
    {
        ExportedSession session = sample();
        session.record.failure = Smtp::Failure {
            {Base::Error::Kind::Timeout, u"no reply for anna@example.net"_s,
                "RCPT TO:<anna@example.net>"_ba},
            Smtp::Stage::Rcpt};
        session.record.findings = {{"quirk.x"_ba, Smtp::Stage::Rcpt, "nobody unknown"_ba}};
        session.record.profileName = u"anna@example.net"_s;
        session.record.subject = u"For anna@example.net"_s;
        session.record.tags = {u"anna@example.net"_s};
        session.record.note = u"call anna@example.net"_s;
        session.record.unknown.header = {{u"remark"_s, u"ask anna"_s}};
        session.record.unknown.entries = {{3, {{u"anna@example.net"_s, 1}}}};
        Redactor redactor(RedactionLevel::Addresses, {session.record});
        const ExportedSession out = *redactor.apply(session);
        for (const ExportFormat format :
            {ExportFormat::Text, ExportFormat::Html, ExportFormat::JsonLines}) {
            const QByteArray bytes = exported(out, format);
            for (const QByteArray &name : {"anna"_ba, "nobody"_ba, "grey@"_ba, "news@"_ba})
                QVERIFY2(!bytes.toLower().contains(name), (name + '\n' + bytes).constData());
            QVERIFY(bytes.contains("@example.net"));
        }
        // Recipients keep their order, their outcomes and what they have in common.
        QCOMPARE(out.record.recipients.size(), 3);
        QCOMPARE(out.record.recipients.at(0).recipient.address(), "anon2@example.net"_ba);
        QCOMPARE(out.record.recipients.at(1).outcome, Smtp::Outcome::Rejected);
        QCOMPARE(out.record.messageId, "1@example.org"_ba);
    }

    void marksOfSecretsStayWhereTheyAre()
    {
        Entry entry;
        entry.direction = Direction::Server;
        entry.text = Transcript::redact("501 anna@example.net sent SECRET for anna@example.net"_ba,
            {{26, 6, "AUTH PLAIN"_ba}}, &entry.redactions, true);
        Redactor redactor(RedactionLevel::Addresses, {sample().record});
        const Entry out = redactor.apply(QList {entry})->constFirst();
        QCOMPARE(
            out.text, "501 anon2@example.net sent <redacted: AUTH PLAIN> for anon2@example.net"_ba);
        QCOMPARE(out.redactions.size(), 1);
        QVERIFY(QByteArrayView(out.text)
                .sliced(out.redactions.at(0).at)
                .startsWith(Base::redactionMark("AUTH PLAIN")));
        QVERIFY(out.redactions.at(0).kept.isEmpty());
    }

    void bodiesBecomeTheirSize()
    {
        const QList<Entry> entries {contentLine(0, "To: anna@example.net"),
            contentLine(1, "Subject: Hi"), contentLine(2, {}), contentLine(3, "Dear Anna,"),
            contentLine(4, {}), contentLine(5, "bye")};
        Redactor redactor(RedactionLevel::Bodies, {sample().record});
        const QList<Entry> out = *redactor.apply(entries);
        QCOMPARE(out.size(), 4);
        QCOMPARE(out.at(0).text, "To: anon2@example.net"_ba);
        QCOMPARE(out.at(1).text, "Subject: Hi"_ba);
        QCOMPARE(out.at(3).n, 3);
        QCOMPARE(out.at(3).text, "[left out: 19 octets in 3 lines]"_ba);
    }

    void bodiesBeginWhereFieldsEnd()
    {
        const QList<Entry> entries {contentLine(0, "To: anna@example.net"), contentLine(1, " b@x"),
            contentLine(2, "secret text"), contentLine(3, {}), contentLine(4, "secret")};
        Redactor redactor(RedactionLevel::Bodies, {sample().record});
        const QList<Entry> out = *redactor.apply(entries);
        QCOMPARE(out.size(), 3);
        QCOMPARE(out.at(2).text, "[left out: 23 octets in 3 lines]"_ba);
    }

    void capabilitiesAreHidden()
    {
        ExportedSession session = sample();
        session.record.reversePath = "alice@example.org"_ba;
        const Smtp::Reply hello {250,
            {"mx.example.net greets you"_ba, "SIZE 5"_ba, "AUTH PLAIN LOGIN"_ba,
                "X-CONTACT  alice@example.org"_ba, "XALICE alice"_ba}};
        session.record.capabilities = Smtp::Capabilities::fromEhlo(hello);
        Redactor redactor(RedactionLevel::Addresses, {session.record});
        const SessionRecord out = redactor.apply(session.record);
        QCOMPARE(out.capabilities.domain(), "mx.example.net"_ba);
        QCOMPARE(out.capabilities.all().size(), 4);
        QCOMPARE(out.capabilities.all().at(2).keyword, "X-CONTACT"_ba);
        QCOMPARE(out.capabilities.all().at(2).parameters, QList {"anon1@example.org"_ba});
        QCOMPARE(out.capabilities.all().at(3).parameters, QList {"anon1"_ba});
        QCOMPARE(out.capabilities.authMechanisms(), session.record.capabilities.authMechanisms());
        QVERIFY(!exported({out, {}}, ExportFormat::JsonLines).contains("alice"));
    }

    void recipientsThatGetTooLong_data()
    {
        QTest::addColumn<QByteArray>("address");
        const QByteArray domain = QByteArray(40, 'd') + ".example";
        QTest::newRow("srs") << "SRS0=HHHH=TT=" + domain + "=b@fwd.example";
        QTest::newRow("whole address of 254 octets")
            << "bob@" + QByteArray("d23456789.").repeated(24) + "d23456.net"_ba;
    }

    void recipientsThatGetTooLong()
    {
        QFETCH(QByteArray, address);
        const auto mailbox = Smtp::Mailbox::parse(address);
        QVERIFY(mailbox);
        ExportedSession session = sample();
        session.record.recipients = {
            {*mailbox, Smtp::Outcome::Rejected, Smtp::Stage::Rcpt, {}, {}}};
        session.record.reversePath.clear();
        Entry entry;
        entry.direction = Direction::Client;
        entry.stage = Smtp::Stage::Rcpt;
        entry.text = "RCPT TO:<" + address + '>';
        session.entries = {entry};
        Redactor redactor(RedactionLevel::Addresses, {session.record});
        const ExportedSession out = *redactor.apply(session);
        const QByteArray hidden = out.record.recipients.constFirst().recipient.address();
        QVERIFY2(!hidden.contains(mailbox->localPart()) && hidden.startsWith("anon"),
            hidden.constData());
        QVERIFY(!exported(out, ExportFormat::JsonLines).contains(address));
        // The one that the transcript shows, where it fits.
        if (!hidden.endsWith(".invalid"))
            QCOMPARE(out.entries.constFirst().text, "RCPT TO:<" + hidden + '>');
    }

    void loginsAreHidden()
    {
        Redactor redactor(RedactionLevel::Addresses, {}, {"scott"_ba, "eve@example.org"_ba});
        Entry entry;
        entry.direction = Direction::Client;
        entry.stage = Smtp::Stage::Auth;
        entry.text = QByteArray("scott").toBase64();
        QList<Entry> out = *redactor.apply(QList {entry});
        QCOMPARE(QByteArray::fromBase64(out.at(0).text), "anon1"_ba);
        entry.direction = Direction::Server;
        entry.text = "535 no such user Scott, nor eve";
        out = *redactor.apply(QList {entry});
        QCOMPARE(out.at(0).text, "535 no such user anon1, nor anon2"_ba);
    }

    void canBeCancelled()
    {
        Redactor redactor(RedactionLevel::Addresses, {});
        const auto out = redactor.apply(sample(), [](double) { return false; });
        QVERIFY(!out);
        QCOMPARE(out.error().kind, Base::Error::Kind::Cancelled);
    }

    void certificatesThatNamePersonsLoseTheirBytes()
    {
        ExportedSession session = sample();
        Tls::CertificateFacts person;
        person.subject = u"emailAddress=anna@example.net,CN=x"_s;
        person.der = "0\x82 anna@example.net"_ba;
        Tls::CertificateFacts host;
        host.subject = u"CN=mx.example.net"_s;
        // Octets of a key that look like one to those who search without care.
        host.der = "0\x82 mx.example.net \xe9\xe9@\xe9\xe9.\xe9 a@b"_ba;
        session.record.tls->chain = {person, host};
        Redactor redactor(RedactionLevel::Addresses, {session.record});
        const SessionRecord out = redactor.apply(session.record);
        QCOMPARE(out.tls->chain.at(0).subject, u"emailAddress=anon2@example.net,CN=x"_s);
        QVERIFY(out.tls->chain.at(0).der.isEmpty());
        QVERIFY(out.tls->chain.at(1) == host);
    }
};

QTEST_GUILESS_MAIN(TestRedaction)
#include "tst_redaction.moc"
