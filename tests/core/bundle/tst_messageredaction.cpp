// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/messageredaction.h"

#include "base/literals.h"

#include <QStringEncoder>
#include <QTest>

using namespace Mailgauge;
using Transcript::RedactionLevel;

namespace {

QByteArray redacted(const QByteArray &message, RedactionLevel level = RedactionLevel::Addresses)
{
    Transcript::SessionRecord record;
    record.reversePath = "anna@example.org";
    Transcript::Redactor redactor(level, {record});
    return Bundle::redactMessage(message, redactor);
}

QByteArray utf16(const QString &text)
{
    QStringEncoder encoder(QStringConverter::Utf16LE);
    return encoder.encode(text);
}

const QByteArray mixed = "From: Anna <anna@example.org>\r\n"
                         "To: bob@example.net,\r\n eve@example.net\r\n"
                         "Message-ID: <x@example.org>\r\n"
                         "Content-Type: multipart/mixed; boundary=\"b 1\"\r\n\r\n"
                         "preamble for bob@example.net\r\n"
                         "--b 1\r\n"
                         "Content-Type: text/plain; charset=utf-8\r\n"
                         "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                         "Write to bob=40example.net=2C caf=C3=A9 =\r\nplease.\r\n"
                         "--b 1\r\n"
                         "Content-Type: message/rfc822\r\n\r\n"
                         "From: carl@example.com\r\n\r\nforwarded by anna@example.org\r\n"
                         "--b 1--\r\n"
                         "epilogue\r\n"_ba;

} // namespace

class TestMessageRedaction final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void secretsKeepsEveryByte() { QCOMPARE(redacted(mixed, RedactionLevel::Secrets), mixed); }

    void addressesInEveryPart()
    {
        QCOMPARE(redacted(mixed),
            "From: anon1 <anon1@example.org>\r\n"
            "To: anon2@example.net,\r\n anon3@example.net\r\n"
            "Message-ID: <anon4@example.org>\r\n"
            "Content-Type: multipart/mixed; boundary=\"b 1\"\r\n\r\n"
            "preamble for anon2@example.net\r\n"
            "--b 1\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            "Write to anon2@example.net, caf=C3=A9 please.\r\n"
            "--b 1\r\n"
            "Content-Type: message/rfc822\r\n\r\n"
            "From: anon5@example.com\r\n\r\nforwarded by anon1@example.org\r\n"
            "--b 1--\r\n"
            "epilogue\r\n"_ba);
    }

    void bodiesKeepHeaderFields()
    {
        QCOMPARE(redacted(mixed, RedactionLevel::Bodies),
            "From: anon1 <anon1@example.org>\r\n"
            "To: anon2@example.net,\r\n anon3@example.net\r\n"
            "Message-ID: <anon4@example.org>\r\n"
            "Content-Type: multipart/mixed; boundary=\"b 1\"\r\n\r\n"
            "--b 1\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            "[left out: 52 octets in 2 lines]\r\n"
            "--b 1\r\n"
            "Content-Type: message/rfc822\r\n\r\n"
            "[left out: 57 octets in 3 lines]\r\n"
            "--b 1--\r\n"_ba);
    }

    void bodiesBeginWhereFieldsEnd_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("no empty line") << "Subject: x\r\nthis is secret\r\nmore secret\r\n"_ba
                                       << "Subject: x\r\n[left out: 29 octets in 2 lines]\r\n"_ba;
        QTest::newRow("no header at all") << "secret text"_ba
                                          << "[left out: 11 octets in 0 lines]\r\n"_ba;
        QTest::newRow("a field below") << "To: b@x\r\nsecret\r\nX: secret\r\n\r\nsecret\r\n"_ba
                                       << "To: anon2@x\r\n[left out: 29 octets in 4 lines]\r\n"_ba;
        QTest::newRow("indented without a field")
            << " secret\r\n"_ba << "[left out: 9 octets in 1 lines]\r\n"_ba;
        QTest::newRow("folded") << "Subject: a\r\n b\r\n\tc\r\n\r\nsecret\r\n"_ba
                                << "Subject: a\r\n b\r\n\tc\r\n\r\n"
                                   "[left out: 8 octets in 1 lines]\r\n"_ba;
        QTest::newRow("blank before the colon, LF") << "Subject : a\n\nsecret\n"_ba
                                                    << "Subject : a\n\n"
                                                       "[left out: 7 octets in 1 lines]\r\n"_ba;
        QTest::newRow("a part without header")
            << "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
               "--b\r\nsecret text\r\n--b--\r\n"_ba
            << "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
               "--b\r\n[left out: 13 octets in 1 lines]\r\n--b--\r\n"_ba;
        QTest::newRow("a boundary behind a stray line")
            << "secret\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
               "--b\r\n\r\nsecret\r\n--b--\r\n"_ba
            << "[left out: 75 octets in 7 lines]\r\n"_ba;
    }

    void bodiesBeginWhereFieldsEnd()
    {
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, expected);
        QCOMPARE(redacted(message, RedactionLevel::Bodies), expected);
    }

    void encodings_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("expected");
        const auto base64 = [](const QByteArray &bytes) { return bytes.toBase64() + "\r\n"; };
        QTest::newRow("base64") << "text/plain\r\nContent-Transfer-Encoding: BASE64"_ba
                                << base64("to anna@example.org") << base64("to anon1@example.org");
        QTest::newRow("base64 without address")
            << "text/plain\r\nContent-Transfer-Encoding: base64"_ba << "aGVs\r\nbG8=\r\n"_ba
            << "aGVs\r\nbG8=\r\n"_ba;
        QTest::newRow("utf-16 in base64")
            << "text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64"_ba
            << base64(utf16(u"für anna@example.org"_s))
            << base64(utf16(u"für anon1@example.org"_s));
        QTest::newRow("8bit latin-1") << "text/plain; charset=iso-8859-1"_ba
                                      << "gr\xfc\xdf anna@example.org\r\n"_ba
                                      << "gr\xfc\xdf anon1@example.org\r\n"_ba;
        QTest::newRow("html")
            << "text/html"_ba
            << "<a href=\"mailto:anna%40example.org\">anna&#64;example.org</a>"_ba
            << "<a href=\"mailto:anon1%40example.org\">anon1&#64;example.org</a>"_ba;
        QTest::newRow("no body") << "text/plain"_ba << ""_ba << ""_ba;
    }

    void encodings()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, expected);
        const QByteArray head = "Content-Type: " + type + "\r\n\r\n";
        QCOMPARE(redacted(head + body), head + expected);
    }

    void hostile_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("nothing") << ""_ba;
        QTest::newRow("no header") << "\r\n\r\nanna@example.org"_ba;
        QTest::newRow("empty boundary")
            << "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\nx"_ba;
        QTest::newRow("never closed")
            << "Content-Type: multipart/x; boundary=a\r\n\r\n--a\r\n--a\r\n"_ba;
        QByteArray deep;
        for (int i = 0; i < 300; ++i)
            deep += "Content-Type: multipart/x; boundary=b" + QByteArray::number(i) + "\r\n\r\n--b"
                + QByteArray::number(i) + "\r\n";
        QTest::newRow("300 levels") << deep + "anna@example.org";
        QTest::newRow("many parts") << "Content-Type: multipart/x; boundary=a\r\n\r\n"
                + QByteArray("--a\r\n").repeated(50'000);
        QTest::newRow("cut escape")
            << "Content-Transfer-Encoding: quoted-printable\r\n\r\nanna=40example.org="_ba;
    }

    void hostile()
    {
        QFETCH(QByteArray, message);
        QVERIFY(!redacted(message).contains("anna"));
        static_cast<void>(redacted(message, RedactionLevel::Bodies));
    }
};

QTEST_GUILESS_MAIN(TestMessageRedaction)
#include "tst_messageredaction.moc"
