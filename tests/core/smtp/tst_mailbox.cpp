// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/mailbox.h"

#include <QTest>

using namespace Mailgauge;
using Smtp::Mailbox;

class TestMailbox : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void refusesEveryControlCharacterEverywhere();
    void domainIsLowerCased();
};

void TestMailbox::accepts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("local");
    QTest::addColumn<QByteArray>("domain");
    QTest::addColumn<bool>("utf8");
    const auto row = [](const char *name, const QByteArray &text, const QByteArray &local,
                         const QByteArray &domain, bool utf8 = false) {
        QTest::newRow(name) << text << local << domain << utf8;
    };
    row("rfc5321 plain", "jones@xyz.com"_ba, "jones"_ba, "xyz.com"_ba);
    row("dot-atom", "a.b.c@x.example"_ba, "a.b.c"_ba, "x.example"_ba);
    row("all of atext", "!#$%&'*+-/=?^_`{|}~@x"_ba, "!#$%&'*+-/=?^_`{|}~"_ba, "x"_ba);
    row("tag", "u+tag@x"_ba, "u+tag"_ba, "x"_ba);
    row("quoted space", "\"a b\"@x"_ba, "\"a b\""_ba, "x"_ba);
    row("quoted at", "\"a@b\"@x"_ba, "\"a@b\""_ba, "x"_ba);
    row("quoted pairs", "\"a\\\"b\\\\\"@x"_ba, "\"a\\\"b\\\\\""_ba, "x"_ba);
    row("quoted empty", "\"\"@x"_ba, "\"\""_ba, "x"_ba);
    row("postmaster alone", "PostMaster"_ba, "PostMaster"_ba, ""_ba);
    row("postmaster with domain", "postmaster@x"_ba, "postmaster"_ba, "x"_ba);
    row("address literal 4", "a@[192.0.2.1]"_ba, "a"_ba, "[192.0.2.1]"_ba);
    row("address literal 6", "a@[IPv6:2001:db8::1]"_ba, "a"_ba, "[ipv6:2001:db8::1]"_ba);
    row("address literal 6 with 4", "a@[IPv6:::ffff:192.0.2.1]"_ba, "a"_ba,
        "[ipv6:::ffff:192.0.2.1]"_ba);
    row("address literal tagged", "a@[x400:c=gb]"_ba, "a"_ba, "[x400:c=gb]"_ba);
    row("digits and hyphens", "1@1-2.3c"_ba, "1"_ba, "1-2.3c"_ba);
    row("64 octets local", QByteArray(64, 'a') + "@x", QByteArray(64, 'a'), "x"_ba);
    row("63 octets label", "a@" + QByteArray(63, 'b') + ".c", "a"_ba, QByteArray(63, 'b') + ".c");
    const QByteArray label = QByteArray(62, 'b') + '.';
    row("254 octets", "a@" + label + label + label + label, "a"_ba, ""_ba);
    row("rfc6531 local", "j\xc3\xb6rg@x.example"_ba, "j\xc3\xb6rg"_ba, "x.example"_ba, true);
    row("rfc6531 quoted", "\"j\xc3\xb6 rg\"@x"_ba, "\"j\xc3\xb6 rg\""_ba, "x"_ba, true);
    row("U-label",
        "a@b\xc3\xbc"
        "cher.example"_ba,
        "a"_ba,
        "b\xc3\xbc"
        "cher.example"_ba,
        true);
    row("A-label", "a@xn--bcher-kva.example"_ba, "a"_ba, "xn--bcher-kva.example"_ba);
}

void TestMailbox::accepts()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, local);
    QFETCH(QByteArray, domain);
    QFETCH(bool, utf8);
    if (QByteArrayView(QTest::currentDataTag()) == "254 octets") {
        // Exactly at the limit, without a trailing dot.
        text = text.first(253) + 'z';
        domain = text.sliced(2);
        QCOMPARE(text.size(), 254);
    }
    const auto mailbox = Mailbox::parse(text);
    QVERIFY2(mailbox, mailbox ? "" : qPrintable(mailbox.error().detail));
    QCOMPARE(mailbox->address(), text);
    QCOMPARE(mailbox->localPart(), local);
    QCOMPARE(mailbox->domain(), domain);
    QCOMPARE(mailbox->needsSmtpUtf8(), utf8);
    QCOMPARE(mailbox->toPath(), '<' + text + '>');
}

void TestMailbox::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("no at") << "jones"_ba;
    QTest::newRow("no local part") << "@x"_ba;
    QTest::newRow("no domain") << "a@"_ba;
    QTest::newRow("two at") << "a@b@c"_ba;
    QTest::newRow("D1 second command") << "a@x>\r\nRCPT TO:<b@y"_ba;
    QTest::newRow("D1 parameter") << "a@x> SIZE=1"_ba;
    QTest::newRow("D1 NUL") << "a\0@x"_ba;
    QTest::newRow("D1 quoted CRLF") << "\"a\r\nb\"@x"_ba;
    QTest::newRow("angle brackets") << "<a@x>"_ba;
    QTest::newRow("quoted angle bracket") << "\"a>b\"@x"_ba;
    QTest::newRow("leading space") << " a@x"_ba;
    QTest::newRow("trailing space") << "a@x "_ba;
    QTest::newRow("unquoted space") << "a b@x"_ba;
    QTest::newRow("space in domain") << "a@x y"_ba;
    QTest::newRow("G5 comment") << "a(comment)@x"_ba;
    QTest::newRow("display name") << "A <a@x>"_ba;
    QTest::newRow("G5 leading dot") << ".a@x"_ba;
    QTest::newRow("G5 trailing dot in local part") << "a.@x"_ba;
    QTest::newRow("G5 double dot") << "a..b@x"_ba;
    QTest::newRow("G5 trailing dot in domain") << "a@x."_ba;
    QTest::newRow("G5 leading dot in domain") << "a@.x"_ba;
    QTest::newRow("double dot in domain") << "a@x..y"_ba;
    QTest::newRow("quote not closed") << "\"a@x"_ba;
    QTest::newRow("quote in the middle") << "a\"b\"@x"_ba;
    QTest::newRow("text behind quotes") << "\"a\"b@x"_ba;
    QTest::newRow("backslash at the end") << "\"a\\"_ba;
    QTest::newRow("comma") << "a,b@x"_ba;
    QTest::newRow("semicolon") << "a@x;b@y"_ba;
    QTest::newRow("source route") << "@a,@b:c@d"_ba;
    QTest::newRow("hyphen first") << "a@-x"_ba;
    QTest::newRow("hyphen last") << "a@x-.y"_ba;
    QTest::newRow("underscore in domain") << "a@x_y"_ba;
    QTest::newRow("65 octets local") << QByteArray(65, 'a') + "@x";
    QTest::newRow("64 octets label") << "a@" + QByteArray(64, 'b');
    QTest::newRow("255 octets") << "a@" + (QByteArray(62, 'b') + '.').repeated(4) + 'c';
    QTest::newRow("literal not closed") << "a@[192.0.2.1"_ba;
    QTest::newRow("literal empty") << "a@[]"_ba;
    QTest::newRow("literal three parts") << "a@[192.0.2]"_ba;
    QTest::newRow("literal 256") << "a@[192.0.2.256]"_ba;
    QTest::newRow("literal no IPv6") << "a@[IPv6:12345::]"_ba;
    QTest::newRow("literal scope") << "a@[IPv6:fe80::1%eth0]"_ba;
    QTest::newRow("literal text behind") << "a@[192.0.2.1]x"_ba;
    QTest::newRow("not UTF-8") << "j\xf6rg@x"_ba;
    QTest::newRow("overlong UTF-8") << "j\xc0\x8ag@x"_ba;
    QTest::newRow("R10 U+2028") << "a\xe2\x80\xa8@x"_ba;
    QTest::newRow("C1 control") << "a\xc2\x85@x"_ba;
    QTest::newRow("no-break space") << "a\xc2\xa0@x"_ba;
    QTest::newRow("G6 invalid IDNA") << "a@\xe2\x82\xac\xcc\x81\xe2\x80\xae.example"_ba;
    QTest::newRow("G6 xn-- that does not decode") << "a@xn--\x61-.example"_ba;
}

void TestMailbox::refuses()
{
    QFETCH(QByteArray, text);
    const auto mailbox = Mailbox::parse(text);
    QVERIFY(!mailbox);
    QCOMPARE(mailbox.error().kind, Base::Error::Kind::InvalidInput);
    QVERIFY(mailbox.error().detail.startsWith("address: "_L1));
}

void TestMailbox::refusesEveryControlCharacterEverywhere()
{
    for (const QByteArray &good :
        {"ab@cd"_ba, "\"ab\"@cd"_ba, "ab@[192.0.2.1]"_ba, "postmaster"_ba}) {
        for (int c = 0; c < 0x21; ++c) {
            for (qsizetype at = 0; at <= good.size(); ++at) {
                QByteArray bad = good;
                bad.insert(at, static_cast<char>(c == 0x20 ? 0x7f : c));
                QVERIFY2(!Mailbox::parse(bad), bad.toPercentEncoding().constData());
            }
        }
    }
}

void TestMailbox::domainIsLowerCased()
{
    const auto mailbox = Mailbox::parse("Ab@EXAMPLE.Org");
    QVERIFY(mailbox);
    QCOMPARE(mailbox->domain(), "example.org"_ba);
    QCOMPARE(mailbox->address(), "Ab@EXAMPLE.Org"_ba);
}

QTEST_GUILESS_MAIN(TestMailbox)
#include "tst_mailbox.moc"
