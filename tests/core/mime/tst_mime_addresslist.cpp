// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/addresslist.h"

#include "base/literals.h"
#include "mime/draft.h"

#include <QTest>

using namespace Mailgauge;
using namespace Qt::StringLiterals;

class TestAddressList final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void displayRoundTrip();
    void linearTime();
};

void TestAddressList::reads_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QList<QByteArray>>("addresses");

    const auto row = [](const char *name, const QString &field, const QStringList &names,
                         const QList<QByteArray> &addresses) {
        QTest::newRow(name) << field << names << addresses;
    };
    row("bare", u"ann@example.org"_s, {u""_s}, {"ann@example.org"});
    row("name", u"Ann Lee <ann@example.org>"_s, {u"Ann Lee"_s}, {"ann@example.org"});
    row("quoted name with comma", u"\"Lee, Ann\" <ann@example.org>"_s, {u"Lee, Ann"_s},
        {"ann@example.org"});
    row("quoted pair", u"\"a \\\"b\\\" \\\\c\" <a@b.example>"_s, {u"a \"b\" \\c"_s},
        {"a@b.example"});
    row("two", u"a@x.example, B <b@y.example>"_s, {u""_s, u"B"_s}, {"a@x.example", "b@y.example"});
    row("semicolons as typed in offices", u"a@x.example; b@y.example;"_s, {u""_s, u""_s},
        {"a@x.example", "b@y.example"});
    row("empty entries", u" , a@x.example,, "_s, {u""_s}, {"a@x.example"});
    row("nothing", u"  "_s, {}, {});
    row("group resolved", u"Team: a@x.example, B <b@y.example>;, c@z.example"_s,
        {u""_s, u"B"_s, u""_s}, {"a@x.example", "b@y.example", "c@z.example"});
    row("empty group", u"undisclosed-recipients:;"_s, {}, {});
    row("comment as name", u"a@x.example (Ann (the) Lee)"_s, {u"Ann (the) Lee"_s}, {"a@x.example"});
    row("quoted local part", u"<\"a b\\\"c\"@x.example>"_s, {u""_s}, {"\"a b\\\"c\"@x.example"});
    row("quoted local part, @ inside", u"\"a@b\"@x.example"_s, {u""_s}, {"\"a@b\"@x.example"});
    row("address literal", u"a@[IPv6:2001:db8::1], b@[192.0.2.1]"_s, {u""_s, u""_s},
        {"a@[IPv6:2001:db8::1]", "b@[192.0.2.1]"});
    row("unicode", u"Jörg <jörg@exämple.example>"_s, {u"Jörg"_s},
        {"j\xC3\xB6rg@ex\xC3\xA4mple.example"});
    row("bidi and emoji in the name", u"\"\u202Eevil 🙂\" <a@x.example>"_s, {u"\u202Eevil 🙂"_s},
        {"a@x.example"});
    row("G7 duplicates kept", u"a@x.example, a@x.example"_s, {u""_s, u""_s},
        {"a@x.example", "a@x.example"});
    row("unquoted @ in the name", u"ceo@bank.example <a@x.example>"_s, {u"ceo@bank.example"_s},
        {"a@x.example"});
}

void TestAddressList::reads()
{
    QFETCH(QString, field);
    QFETCH(QStringList, names);
    QFETCH(QList<QByteArray>, addresses);
    const auto entries = Mime::parseAddressList(field);
    QVERIFY2(entries, entries ? "" : qPrintable(entries.error().detail));
    QStringList gotNames;
    for (const auto &entry : *entries)
        for (const auto &address : entry.addresses)
            gotNames.append(address.name);
    QCOMPARE(gotNames, names);
    const auto plain = Mime::addressesOf(field);
    QVERIFY(plain);
    QCOMPARE(*plain, addresses);
}

void TestAddressList::refuses_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char *name, const QString &field, const QString &detail) {
        QTest::newRow(name) << field << detail;
    };
    row("no at", u"ann"_s, u"position 1: 'ann' is not an address: no @"_s);
    row("second bad", u"a@x.example, bob"_s, u"position 14: 'bob' is not an address: no @"_s);
    row("no domain", u"a@"_s, u"nothing behind the @"_s);
    row("no local part", u"@x.example"_s, u"nothing before the @"_s);
    row("space in local part", u"a b@x.example"_s, u"before the @"_s);
    row("space in domain", u"a@x y.example"_s, u"a space in the domain"_s);
    row("two at", u"a@b@c.example"_s, u"before the @"_s);
    row("two addresses in one", u"a@x.example b@y.example"_s, u"before the @"_s);
    row("two angles", u"<a@x.example> <b@y.example>"_s, u"without a comma"_s);
    row("empty angle", u"Ann <>"_s, u"empty"_s);
    row("open angle", u"Ann <a@x.example"_s, u"'<' without '>'"_s);
    row("open quote", u"\"Ann <a@x.example>"_s, u"does not end"_s);
    row("open comment", u"a@x.example (Ann"_s, u"does not end"_s);
    row("deep comment", QString(200, u'(') + QString(200, u')'), u"too deeply"_s);
    row("D1 CR LF", u"a@x.example\r\nRCPT TO:<b@y.example>"_s, u"CR, LF or NUL"_s);
    row("D1 bare LF", u"a@x.example\nBcc: b@y.example"_s, u"CR, LF or NUL"_s);
    row("D1 NUL", u"a@x.example"_s + QChar(u'\0'), u"CR, LF or NUL"_s);
    row("G5 endless", QString(5000, u'a') + u"@x.example"_s, u"too long"_s);
    row("colon", u"mailto:a@x.example:"_s, u"':'"_s);
}

void TestAddressList::refuses()
{
    QFETCH(QString, field);
    QFETCH(QString, detail);
    const auto entries = Mime::parseAddressList(field);
    QVERIFY(!entries);
    QCOMPARE(entries.error().kind, Base::Error::Kind::InvalidInput);
    QVERIFY2(entries.error().detail.contains(detail), qPrintable(entries.error().detail));
    QVERIFY(entries.error().evidence.size() <= Base::Error::MaxEvidence);
}

void TestAddressList::displayRoundTrip()
{
    const QStringList names {u"Ann"_s, u"Lee, Ann"_s, u"a \"q\" \\ b"_s, u"two  spaces"_s,
        u" lead"_s, u"ünï 🙂"_s, u"a@b"_s, u"(x)"_s, u"x;y:z"_s};
    for (const QString &name : names) {
        const Mime::Address address {.name = name, .address = "a@x.example"};
        const auto read = Mime::parseAddressList(Mime::toDisplay(address));
        QVERIFY2(read, qPrintable(name));
        QCOMPARE(read->size(), 1);
        QCOMPARE(read->first().addresses.first(), address);
    }
}

void TestAddressList::linearTime()
{
    // G11: with quadratic work the larger list would take sixteen times as long.
    const auto timeFor = [](int count) {
        QString field;
        for (int i = 0; i < count; ++i)
            field += u"\"Name, %1\" <user%1@example.org>, "_s.arg(i);
        qint64 best = std::numeric_limits<qint64>::max();
        for (int run = 0; run < 3; ++run) {
            const qint64 before = Test::cpuNanoseconds();
            const auto entries = Mime::parseAddressList(field);
            best = qMin(best, Test::cpuNanoseconds() - before);
            if (!entries || entries->size() != count)
                return qint64(-1);
        }
        return best;
    };
    const qint64 small = timeFor(5'000);
    const qint64 large = timeFor(20'000);
    QVERIFY(small > 0 && large > 0);
    QVERIFY2(large < small * 9, qPrintable(u"%1 %2"_s.arg(small).arg(large)));
}

QTEST_GUILESS_MAIN(TestAddressList)
#include "tst_mime_addresslist.moc"
