// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/quirk.h"
#include "smtp/reply.h"

#include <QSet>
#include <QTest>

using namespace Mailgauge;
using Smtp::EnhancedStatusCode;
using Smtp::Reply;

class TestReply : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void enhancedStatusCode_data();
    void enhancedStatusCode();
    void enhancedOfReply();
    void classAndText();
    void quirkNamesDiffer();
};

void TestReply::enhancedStatusCode_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("code"); // empty: none
    QTest::newRow("rfc3463 2 plain") << "2.1.5 Ok"_ba << "2.1.5"_ba;
    QTest::newRow("alone") << "5.7.26"_ba << "5.7.26"_ba;
    QTest::newRow("tab behind") << "4.2.2\tfull"_ba << "4.2.2"_ba;
    QTest::newRow("three digits") << "5.999.999 x"_ba << "5.999.999"_ba;
    QTest::newRow("leading zeros are numbers") << "5.01.001 x"_ba << "5.1.1"_ba;
    QTest::newRow("four digits") << "5.1.1000 x"_ba << ""_ba;
    QTest::newRow("class 3 does not exist") << "3.1.1 x"_ba << ""_ba;
    QTest::newRow("class of two digits") << "25.1.1 x"_ba << ""_ba;
    QTest::newRow("an address") << "2.1.5.6 relay"_ba << ""_ba;
    QTest::newRow("version number") << "5.1 x"_ba << ""_ba;
    QTest::newRow("no subject") << "5..1 x"_ba << ""_ba;
    QTest::newRow("no detail") << "5.1. x"_ba << ""_ba;
    QTest::newRow("negative") << "5.-1.1 x"_ba << ""_ba;
    QTest::newRow("glued") << "5.1.1x"_ba << ""_ba;
    QTest::newRow("behind a space") << " 5.1.1 x"_ba << ""_ba;
    QTest::newRow("empty") << ""_ba << ""_ba;
    QTest::newRow("class only") << "5"_ba << ""_ba;
}

void TestReply::enhancedStatusCode()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, code);
    const auto parsed = EnhancedStatusCode::parse(text);
    QCOMPARE(parsed.has_value(), !code.isEmpty());
    if (parsed)
        QCOMPARE(parsed->toByteArray(), code);
}

void TestReply::enhancedOfReply()
{
    const Reply several {550, {"5.1.1 no such user"_ba, "5.7.1 and no thanks"_ba, "bye"_ba}};
    QCOMPARE(several.enhanced(), (EnhancedStatusCode {5, 7, 1}));
    QCOMPARE((Reply {250, {"fine"_ba}}).enhanced(), std::nullopt);
    QCOMPARE((Reply {250, {}}).enhanced(), std::nullopt);
}

void TestReply::classAndText()
{
    const Reply reply {451, {"one"_ba, "two"_ba}};
    QCOMPARE(reply.replyClass(), Smtp::ReplyClass::Transient);
    QVERIFY(!reply.isPositive());
    QCOMPARE(reply.text(), "one two"_ba);
    QCOMPARE(reply.oneLine(), "451 one two"_ba);
    QVERIFY((Reply {354, {}}).isPositive());
    QVERIFY(!(Reply {150, {}}).isPositive());
}

void TestReply::quirkNamesDiffer()
{
    QSet<QByteArray> names;
    const int last = static_cast<int>(Smtp::Quirk::StartTlsRefused);
    for (int i = 0; i <= last; ++i)
        names.insert(Smtp::quirkName(static_cast<Smtp::Quirk>(i)).toByteArray());
    QCOMPARE(names.size(), last + 1);
    QVERIFY(names.contains("bareLfInReply"));
}

QTEST_GUILESS_MAIN(TestReply)
#include "tst_reply.moc"
