// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/decodedvalue.h"

#include "base/literals.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;
using Smtp::Stage;

namespace {

Entry entryOf(Direction direction, Stage stage, const QByteArray &text)
{
    Entry entry;
    entry.direction = direction;
    entry.stage = stage;
    entry.text = text;
    return entry;
}

} // namespace

class TestDecodedValue final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void values_data()
    {
        QTest::addColumn<Entry>("entry");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char *name, const Entry &entry, const QStringList &expected) {
            QTest::newRow(name) << entry << expected;
        };
        row("rfc4616 login challenge", entryOf(Direction::Server, Stage::Auth, "334 VXNlcm5hbWU6"),
            {u"Base64=Username:"_s});
        row("base64 of a client", entryOf(Direction::Client, Stage::Auth, "bixhPXVzZXI="),
            {u"Base64=n,a=user"_s});
        row("initial response", entryOf(Direction::Client, Stage::Auth, "AUTH XYZ bixhPXVzZXI="),
            {u"Base64=n,a=user"_s});
        row("B6 in base64", entryOf(Direction::Server, Stage::Auth, "334 G1szMW0="),
            {u"Base64=\\x1b[31m"_s});
        row("no base64", entryOf(Direction::Server, Stage::Auth, "334 not base64!"), {});
        row("mechanism is no base64", entryOf(Direction::Client, Stage::Auth, "AUTH PLAIN"), {});
        row("command is no base64", entryOf(Direction::Client, Stage::Mail, "DATA"), {});
        row("encoded words",
            entryOf(Direction::Server, Stage::Dot, "554 =?utf-8?Q?Gr=C3=BC=C3=9Fe?= refused"),
            {u"Encoded words=554 Grüße refused"_s});
        row("size", entryOf(Direction::Server, Stage::Helo, "250-SIZE 52428800"),
            {u"Capability=SIZE"_s, u"Largest message=52,428,800 (50.00 MiB)"_s});
        row("size without limit", entryOf(Direction::Server, Stage::Helo, "250 SIZE"),
            {u"Capability=SIZE"_s});
        row("auth", entryOf(Direction::Server, Stage::Helo, "250-AUTH PLAIN LOGIN"),
            {u"Capability=AUTH"_s, u"Parameters=PLAIN LOGIN"_s});
        row("old auth", entryOf(Direction::Server, Stage::Helo, "250-AUTH=LOGIN"),
            {u"Capability=AUTH"_s, u"Parameters==LOGIN"_s});
        row("greeting line",
            entryOf(Direction::Server, Stage::Helo, "250-mx.example.net greets you"), {});
        row("not at hello", entryOf(Direction::Server, Stage::Rcpt, "250 SIZE"), {});
        row("idna", entryOf(Direction::Client, Stage::Rcpt, "RCPT TO:<a@xn--bcher-kva.example>"),
            {u"Domain=bücher.example"_s});
        row("plain", entryOf(Direction::Client, Stage::Mail, "MAIL FROM:<>"), {});
        row("empty", entryOf(Direction::Client, Stage::Auth, ""), {});
        Entry secret = entryOf(Direction::Client, Stage::Auth, "<redacted: AUTH LOGIN>");
        secret.redactions = {{0, "AUTH LOGIN"_ba, {}}};
        row("redacted", secret, {u"Cut out=AUTH LOGIN, not kept anywhere"_s});
        Entry content = entryOf(Direction::Event, Stage::Content, "sent");
        content.content = ContentRange {QUuid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 0, 1500};
        row("content", content,
            {u"Message=00000001-0002-0003-0405-060708090a0b"_s, u"Octets=0 – 1,500"_s});
    }

    void values()
    {
        QFETCH(Entry, entry);
        QFETCH(QStringList, expected);
        QLocale::setDefault(QLocale::c());
        QLocale locale(QLocale::English, QLocale::UnitedStates);
        QLocale::setDefault(locale);
        QStringList found;
        for (const DecodedValue &value : decodedValues(entry, LinePlace::Later))
            found += value.label + u'=' + value.value;
        QCOMPARE(found, expected);
    }

    void firstLineNamesTheServer()
    {
        const Entry entry = entryOf(Direction::Server, Stage::Helo, "250-localhost greets you");
        QVERIFY(capabilityKeyword(entry, LinePlace::First).isEmpty());
        QVERIFY(decodedValues(entry, LinePlace::First).isEmpty());
    }

    void hex()
    {
        QCOMPARE(hexDump("250 caf\xe9\r", 8),
            u"0000  32 35 30 20 63 61 66 e9  250 caf·\n0008  0d                       ·\n"_s);
        QCOMPARE(hexDump("", 16), QString());
    }
};

QTEST_GUILESS_MAIN(TestDecodedValue)
#include "tst_decodedvalue.moc"
