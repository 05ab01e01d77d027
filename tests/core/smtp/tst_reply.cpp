// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/expectation.h"
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
    void hopedFor_data();
    void hopedFor();
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

void TestReply::hopedFor_data()
{
    QTest::addColumn<Smtp::Stage>("stage");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("hoped");
    using Smtp::Stage;
    const auto row = [](const char *name, Stage stage, const QByteArray &line, bool hoped) {
        QTest::newRow(name) << stage << line << hoped;
    };
    row("greeting", Stage::Greeting, "220 mx", true);
    row("554 greeting", Stage::Greeting, "554 no", false);
    row("greeting of another protocol", Stage::Greeting, "SSH-2.0-x", false);
    row("EHLO, a line that others follow", Stage::Helo, "250-SIZE", true);
    row("EHLO refused", Stage::Helo, "502-no", false);
    row("STARTTLS refused for now", Stage::StartTls, "454 later", false);
    row("AUTH asks", Stage::Auth, "334 VXNlcm5hbWU6", true);
    row("AUTH asks nothing", Stage::Auth, "334", true);
    row("AUTH done", Stage::Auth, "235 2.7.0 ok", true);
    row("354 within AUTH", Stage::Auth, "354 go", false);
    row("AUTH refused", Stage::Auth, "535 5.7.8 no", false);
    row("RCPT forwarded", Stage::Rcpt, "251 will forward", true);
    row("RCPT deferred", Stage::Rcpt, "450 4.2.1 later", false);
    row("RCPT prompts", Stage::Rcpt, "354 go", false);
    row("DATA", Stage::Data, "354 go", true);
    row("DATA taken as done", Stage::Data, "250 ok", false);
    row("BDAT", Stage::Content, "250 ok", true);
    row("dot", Stage::Dot, "250 queued", true);
    row("PRDR announces verdicts", Stage::Dot, "353 verdicts", true);
    row("354 to the dot", Stage::Dot, "354 go", false);
    row("421 to QUIT", Stage::Quit, "421 bye", false);
    row("preliminary", Stage::Mail, "150 wait", false);
    row("four digits", Stage::Mail, "2500 ok", false);
    row("short", Stage::Mail, "25", false);
    row("glued", Stage::Mail, "250ok", false);
    row("empty", Stage::Mail, "", false);
}

void TestReply::hopedFor()
{
    QFETCH(Smtp::Stage, stage);
    QFETCH(QByteArray, line);
    QFETCH(bool, hoped);
    QCOMPARE(Smtp::isHopedFor(stage, line), hoped);
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
