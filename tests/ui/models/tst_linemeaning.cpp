// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/linemeaning.h"

#include "base/literals.h"
#include "samplesession.h"

#include <QLocale>
#include <QRegularExpression>
#include <QTest>
#include <QTimeZone>

using namespace Mailgauge;
using Models::LineMeaning;
using Models::NamedValue;
using Kind = Transcript::LineFact::Kind;

class TestLineMeaning final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        for (const Transcript::Entry &entry : std::as_const(m_sample.entries))
            m_transcript.append(m_sample.record.id, entry);
    }

    void everyKindHasALabel()
    {
        for (int kind = 0; kind <= int(Kind::Octets); ++kind) {
            Transcript::LineFact fact;
            fact.kind = static_cast<Kind>(kind);
            fact.name = "x"_ba;
            fact.value = u"value"_s;
            QVERIFY2(
                !LineMeaning::named(fact).label.isEmpty(), QByteArray::number(kind).constData());
        }
    }

    void everyScramAttributeIsNamed()
    {
        QStringList notes;
        for (const QByteArray &letter :
            {"g"_ba, "n"_ba, "r"_ba, "s"_ba, "i"_ba, "c"_ba, "p"_ba, "v"_ba, "e"_ba, "m"_ba}) {
            Transcript::LineFact fact;
            fact.kind = Kind::Scram;
            fact.name = letter;
            notes.append(LineMeaning::named(fact).note);
        }
        QVERIFY(!notes.contains(QString()));
        QCOMPARE(notes.removeDuplicates(), 0);
    }

    void secretsAreCalledCutOut()
    {
        Transcript::LineFact fact;
        fact.kind = Kind::Password;
        fact.secret = true;
        QCOMPARE(LineMeaning::named(fact).value, u"cut out"_s);
        QVERIFY(LineMeaning::named(fact).secret);
    }

    void everyLineIsExplained()
    {
        for (qsizetype row = 0; row < m_transcript.size(); ++row) {
            const auto why = LineMeaning::explanation(m_transcript, row, m_sample.record);
            QVERIFY2(
                why && why->text.endsWith(u'.'), m_transcript.text(row).toByteArray().constData());
            QVERIFY(!LineMeaning::brief(m_transcript, row, m_sample.record).isEmpty());
        }
        QCOMPARE(LineMeaning::explanation(m_transcript, 12, m_sample.record)->rfc, u"RFC 4954"_s);
        QCOMPARE(
            LineMeaning::explanation(m_transcript, 18, m_sample.record)->id, "command.MAIL"_ba);
        QCOMPARE(LineMeaning::explanation(m_transcript, 7, m_sample.record)->id, "event.tls"_ba);
    }

    void whoseReplyItIsCounts()
    {
        Transcript::Transcript transcript;
        Transcript::SessionRecord record;
        Transcript::Entry entry;
        entry.direction = Transcript::Direction::Server;
        entry.stage = Smtp::Stage::Dot;
        entry.text = "550 5.7.25 no"_ba;
        transcript.append(record.id, entry);
        QCOMPARE(LineMeaning::explanation(transcript, 0, record)->id, "reply.reverseDns"_ba);
        record.host = u"aspmx.l.google.com"_s;
        QCOMPARE(LineMeaning::explanation(transcript, 0, record)->id, "reply.google.ptr"_ba);
    }

    void failureExplainsItsEvent()
    {
        Transcript::Transcript transcript;
        Transcript::SessionRecord record;
        record.failure = Smtp::Failure {
            {Base::Error::Kind::Timeout, u"no reply within 300 s"_s, {}}, Smtp::Stage::Dot};
        Transcript::Entry entry;
        entry.stage = Smtp::Stage::Dot;
        entry.text = Base::kindName(Base::Error::Kind::Timeout).toByteArray() + ": no reply";
        transcript.append(record.id, entry);
        QCOMPARE(LineMeaning::explanation(transcript, 0, record)->id,
            Explain::explain(*record.failure).id);
    }

    void parametersInHumanUnits()
    {
        const auto values = LineMeaning::decoded(m_transcript, 18, Transcript::Secrets::CutOut);
        QCOMPARE(values.size(), 2);
        QCOMPARE(values.at(0).label, u"SIZE"_s);
        QCOMPARE(values.at(0).value, u"24,576 bytes (24.00 KiB)"_s);
        QVERIFY(values.at(0).note.endsWith(u"(RFC 1870 6)"_s));
        QCOMPARE(values.at(1).label, u"BODY"_s);
    }

    /// The canary: the sample's password is kept, and no short form tells it.
    void briefNeverTellsASecret()
    {
        const QString password = u"s3cr3t"_s;
        const auto shown = LineMeaning::decoded(m_transcript, 16, Transcript::Secrets::Shown);
        QVERIFY(std::ranges::any_of(
            shown, [&](const NamedValue &one) { return one.value == password && one.secret; }));
        QVERIFY(!LineMeaning::brief(m_transcript, 16, m_sample.record).contains(password));
    }

    void tlsFacts()
    {
        Tls::TlsFacts facts = *m_sample.record.tls;
        QCOMPARE(LineMeaning::tls(facts).last().value, u"certificate accepted"_s);
        facts.accepted = false;
        facts.reasons = {{Tls::VerifyReason::Kind::Expired, 0, u"2020-01-01"_s}};
        Tls::CertificateFacts certificate;
        certificate.subject = u"CN=mx.example.net"_s;
        certificate.issuer = u"CN=Example CA"_s;
        certificate.names = {u"mx.example.net"_s};
        certificate.notAfter = QDateTime(QDate(2020, 1, 1), QTime(), QTimeZone::UTC);
        certificate.keyType = u"RSA 2048"_s;
        facts.chain = {certificate, certificate};
        QCOMPARE(LineMeaning::tls(facts).size(), 6); // without its key
        facts.chain.first().keySha256 = "a5"_ba.repeated(32);
        const auto values = LineMeaning::tls(facts);
        QCOMPARE(values.size(), 7);
        QVERIFY(values.at(3).value.startsWith(u"not accepted: "_s));
        QCOMPARE(values.at(4).label, u"Certificate"_s);
        QCOMPARE(values.at(4).value, u"CN=mx.example.net · mx.example.net"_s);
        QVERIFY(values.at(4).note.contains(u"RSA 2048"_s));
        QCOMPARE(values.at(5).label, u"Key SHA-256"_s);
        QCOMPARE(values.at(5).value, u"a5"_s.repeated(32));
        QCOMPARE(values.at(6).label, u"Issuer 1"_s);
    }

private:
    Test::SampleSession m_sample = Test::sampleSession();
    Transcript::Transcript m_transcript;
};

QTEST_GUILESS_MAIN(TestLineMeaning)
#include "tst_linemeaning.moc"
