// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "net/mtastspolicy.h"

#include <QTest>

using namespace Mailgauge;

using Mode = Net::MtaStsPolicy::Mode;

namespace {

QByteArrayList idsOf(const QList<Net::RouteFinding> &findings)
{
    QByteArrayList ids;
    for (const Net::RouteFinding &one : findings)
        ids.append(one.id + ' ' + one.evidence);
    return ids;
}

} // namespace

class MtaStsPolicyTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void record_data()
    {
        QTest::addColumn<QByteArrayList>("texts");
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QByteArrayList>("findings");
        const auto row = [](const char *name, const QByteArrayList &texts, const QByteArray &id,
                             const QByteArrayList &findings = {}) {
            QTest::newRow(name) << texts << id << findings;
        };
        row("rfc8461 3.1 example", {"v=STSv1; id=20160831085700Z;"_ba}, "20160831085700Z"_ba);
        row("no end", {"v=STSv1;id=1"_ba}, "1"_ba);
        row("spaces", {"v=STSv1 ; id=1 ;"_ba}, "1"_ba);
        row("extension", {"v=STSv1; a_b-c.d=x=y; id=1;"_ba}, "1"_ba);
        row("first id counts", {"v=STSv1; id=1; id=2;"_ba}, "1"_ba);
        row("beside others", {"v=spf1 -all"_ba, "v=STSv1; id=1;"_ba, ""_ba}, "1"_ba);
        row("none", {"v=spf1 -all"_ba}, {});
        row("other version", {"v=STSv2; id=1;"_ba}, {});
        row("version not first", {"id=1; v=STSv1;"_ba}, {});
        row("version alone", {"v=STSv1"_ba}, {});
        row("two", {"v=STSv1; id=1;"_ba, "v=STSv1; id=2;"_ba}, {},
            {"mtaSts.twoRecords v=STSv1; id=1; | v=STSv1; id=2;"_ba});
        row("no id", {"v=STSv1; x=1;"_ba}, {}, {"mtaSts.badRecord v=STSv1; x=1;"_ba});
        row("id with a dash", {"v=STSv1; id=a-b;"_ba}, {},
            {"mtaSts.badRecord v=STSv1; id=a-b;"_ba});
        row("id of 33", {"v=STSv1; id="_ba + QByteArray(33, 'a')}, {},
            {"mtaSts.badRecord v=STSv1; id="_ba + QByteArray(33, 'a')});
        row("no field", {"v=STSv1; id=1; oops;"_ba}, {},
            {"mtaSts.badRecord v=STSv1; id=1; oops;"_ba});
    }
    void record()
    {
        QFETCH(QByteArrayList, texts);
        QFETCH(QByteArray, id);
        QFETCH(QByteArrayList, findings);
        QList<Dns::Txt> records;
        for (const QByteArray &text : std::as_const(texts)) // in strings of any length
            records.append({{text.first(text.size() / 2), text.sliced(text.size() / 2)}});
        const auto read = Net::readMtaStsRecord(records);
        QCOMPARE(read.id, id);
        QCOMPARE(idsOf(read.findings), findings);
    }

    void policy_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("valid");
        QTest::addColumn<QByteArrayList>("findings");
        const auto row = [](const char *name, const QByteArray &text, bool valid,
                             const QByteArrayList &findings = {}) {
            QTest::newRow(name) << text << valid << findings;
        };
        const QByteArray head = "version: STSv1\nmode: enforce\n";
        const QByteArray good = head + "mx: mx.example.org\nmx: *.Example.NET\nmax_age: 86400\n";
        row("LF", good, true);
        row("CRLF", QByteArray(good).replace("\n", "\r\n"), true);
        row("no last line end", good.chopped(1), true);
        row("no blanks", QByteArray(good).replace(": ", ":"), true);
        row("trailing blanks", QByteArray(good).replace("\n", " \t\n"), true);
        row("extension", good + "x-more: yes\n", true, {"mtaSts.oddPolicy x-more: yes"_ba});
        row("second mode", good + "mode: none\n", true, {"mtaSts.oddPolicy mode: none"_ba});
        row("tlspol#95 nmx", good + "nmx: mx2.example.org\n", true,
            {"mtaSts.oddPolicy nmx: mx2.example.org"_ba});
        row("pattern that is none", good + "mx: *.*.example.org\n", true,
            {"mtaSts.oddPolicy mx: *.*.example.org"_ba});
        row("pattern with a dot behind", good + "mx: mx.example.org.\n", true,
            {"mtaSts.oddPolicy mx: mx.example.org."_ba});
        row("nothing", {}, false,
            {"mtaSts.badPolicy version"_ba, "mtaSts.badPolicy mode"_ba,
                "mtaSts.badPolicy max_age"_ba});
        row("line ends written out", "version: STSv1\\nmode: enforce\\nmx: a\\nmax_age: 1"_ba,
            false,
            {"mtaSts.oddPolicy version: STSv1\\nmode: enforce\\nmx: a\\nmax_age: 1"_ba,
                "mtaSts.badPolicy version: STSv1\\nmode: enforce\\nmx: a\\nmax_age: 1"_ba,
                "mtaSts.badPolicy version"_ba, "mtaSts.badPolicy mode"_ba,
                "mtaSts.badPolicy max_age"_ba});
        row("other version", QByteArray(good).replace("STSv1", "STSv2"), false,
            {"mtaSts.badPolicy version: STSv2"_ba, "mtaSts.badPolicy version"_ba});
        row("other mode", QByteArray(good).replace("enforce", "report"), false,
            {"mtaSts.badPolicy mode: report"_ba, "mtaSts.badPolicy mode"_ba});
        row("no mx", head + "max_age: 86400\n", false, {"mtaSts.badPolicy mx"_ba});
        row("no max_age", head + "mx: mx.example.org\n", false, {"mtaSts.badPolicy max_age"_ba});
        row("max_age in days", QByteArray(good).replace("86400", "7d"), false,
            {"mtaSts.badPolicy max_age: 7d"_ba, "mtaSts.badPolicy max_age"_ba});
        row("max_age negative", QByteArray(good).replace("86400", "-1"), false,
            {"mtaSts.badPolicy max_age: -1"_ba, "mtaSts.badPolicy max_age"_ba});
        row("a page", "<!DOCTYPE html>\n"_ba, false,
            {"mtaSts.badPolicy <!DOCTYPE html>"_ba, "mtaSts.badPolicy version"_ba,
                "mtaSts.badPolicy mode"_ba, "mtaSts.badPolicy max_age"_ba});
        row("NUL", good + QByteArray("x: a\0b\n", 7), false,
            {QByteArray("mtaSts.badPolicy x: a\0b", 23)});
        row("octets beyond ASCII", good + "x: \xff\n", false, {"mtaSts.badPolicy x: \xff"_ba});
    }
    void policy()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, valid);
        QFETCH(QByteArrayList, findings);
        const auto read = Net::readMtaStsPolicy(text);
        QCOMPARE(idsOf(read.findings), findings);
        QCOMPARE(read.policy.has_value(), valid);
        if (!valid)
            return;
        QCOMPARE(read.policy->mode, Mode::Enforce);
        QCOMPARE(read.policy->mx, (QStringList {u"mx.example.org"_s, u"*.example.net"_s}));
        QCOMPARE(read.policy->maxAge, 86400);
    }

    void withoutPatterns()
    {
        // RFC 8461 3.2: only mode none needs no mx.
        const auto none = Net::readMtaStsPolicy("version: STSv1\nmode: none\nmax_age: 0\n");
        QVERIFY(none.policy);
        QCOMPARE(none.policy->mode, Mode::None);
        QVERIFY(!Net::readMtaStsPolicy("version: STSv1\nmode: testing\nmax_age: 0\n").policy);
    }

    void maxAgeHasAnEnd()
    {
        const auto read = Net::readMtaStsPolicy(
            "version: STSv1\nmode: none\nmax_age: 9999999999\n");
        QVERIFY(read.policy);
        QCOMPARE(read.policy->maxAge, Net::MtaStsPolicy::MaxAge);
        QCOMPARE(idsOf(read.findings), QByteArrayList {"mtaSts.oddPolicy max_age: 9999999999"_ba});
        QVERIFY(
            !Net::readMtaStsPolicy("version: STSv1\nmode: none\nmax_age: 99999999999\n").policy);
    }

    void floodIsBounded()
    {
        QByteArray text = "version: STSv1\nmode: enforce\nmax_age: 1\n";
        for (int i = 0; i < 5'000; ++i)
            text += "mx: a" + QByteArray::number(i) + ".example.org\nodd: " + QByteArray(500, 'x')
                + '\n';
        const auto read = Net::readMtaStsPolicy(text);
        QVERIFY(read.policy);
        QCOMPARE(read.policy->mx.size(), 256);
        QCOMPARE(read.findings.size(), 20);
        QVERIFY(read.findings.first().evidence.size() <= 200);
    }

    void hosts_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("named");
        const auto row = [](const char *name, const QString &pattern, const QString &host,
                             bool named) { QTest::newRow(name) << pattern << host << named; };
        row("same", u"mx.example.org"_s, u"mx.example.org"_s, true);
        row("any case", u"mx.example.org"_s, u"MX.Example.org"_s, true);
        row("dot behind", u"mx.example.org"_s, u"mx.example.org."_s, true);
        row("other", u"mx.example.org"_s, u"mx2.example.org"_s, false);
        row("below", u"example.org"_s, u"mx.example.org"_s, false);
        row("rfc8461 4.1 one label", u"*.example.org"_s, u"mx.example.org"_s, true);
        row("rfc8461 4.1 two labels", u"*.example.org"_s, u"a.mx.example.org"_s, false);
        row("rfc8461 4.1 no label", u"*.example.org"_s, u"example.org"_s, false);
        row("wildcard of another", u"*.example.org"_s, u"mx.badexample.org"_s, false);
        row("address", u"mx.example.org"_s, u"127.0.0.1"_s, false);
        row("nothing", u"mx.example.org"_s, QString(), false);
    }
    void hosts()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, host);
        QFETCH(bool, named);
        QCOMPARE(Net::isNamed(host, {Mode::Enforce, {u"x.example"_s, pattern}, 1}), named);
    }
};

QTEST_GUILESS_MAIN(MtaStsPolicyTest)

#include "tst_mtastspolicy.moc"
