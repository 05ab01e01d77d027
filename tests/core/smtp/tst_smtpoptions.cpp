// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/deadlinetext.h"

#include <QTest>

using namespace Mailgauge;
using namespace std::chrono_literals;
using Smtp::Deadlines;
using Smtp::Stage;
using Smtp::TlsPolicy;

class TestSmtpOptions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void policyNames();
    void deadlines();
    void deadlinesAsText();
};

void TestSmtpOptions::policyNames()
{
    for (const TlsPolicy policy :
        {TlsPolicy::None, TlsPolicy::Opportunistic, TlsPolicy::RequireStartTls,
            TlsPolicy::ImplicitTls, TlsPolicy::Dane, TlsPolicy::MtaSts})
        QCOMPARE(Smtp::tlsPolicyFromName(Smtp::tlsPolicyName(policy)), policy);
    QCOMPARE(Smtp::tlsPolicyName(TlsPolicy::RequireStartTls).toByteArray(), "starttls"_ba);
    QCOMPARE(Smtp::tlsPolicyFromName("STARTTLS"), std::nullopt);
    QCOMPARE(Smtp::tlsPolicyFromName(""), std::nullopt);
}

void TestSmtpOptions::deadlines()
{
    // Postfix's defaults.
    QCOMPARE(Deadlines().of(Stage::Connect), 30s);
    QCOMPARE(Deadlines().of(Stage::Dot), 600s);
    QCOMPARE(Deadlines().of(Stage::Content), 180s);
    for (const Stage stage : Smtp::allStages) {
        Deadlines limits;
        limits.set(stage, 7ms);
        QCOMPARE(limits.of(stage), 7ms);
        int changed = 0;
        for (const Stage other : Smtp::allStages)
            changed += limits.of(other) == 7ms ? 1 : 0;
        const bool shared = stage <= Stage::Proxy;
        QCOMPARE(changed, shared ? 3 : 1);
    }
}

void TestSmtpOptions::deadlinesAsText()
{
    QCOMPARE(Smtp::deadlinesToText({}), QByteArray());
    const auto read = Smtp::deadlinesFromText(" dot=1.5,rcpt=30 , resolve=3,quit=0.001, ");
    QVERIFY(read);
    QCOMPARE(read->connect, 3s);
    QCOMPARE(read->dot, 1500ms);
    QCOMPARE(read->quit, 1ms);
    QCOMPARE(read->mail, Deadlines().mail);
    QCOMPARE(Smtp::deadlinesToText(*read), "connect=3, rcpt=30, dot=1.5, quit=0.001"_ba);
    // Over others, and what is like them is not said.
    QCOMPARE(Smtp::deadlinesFromText("dot=2", *read)->rcpt, 30s);
    Deadlines other = *read;
    other.dot = 86'400s;
    QCOMPARE(Smtp::deadlinesToText(other, *read), "dot=86400"_ba);
    QCOMPARE(Smtp::deadlinesFromText("dot=86400", *read), other);
    for (const char *wrong : {"5", "dot", "dot=", "dot=x", "dot=-1", "dot=0", "dot=nan", "dot=inf",
             "dot=86400.1", "nope=1", "=1", "mail=1;rcpt=2"}) {
        const auto refused = Smtp::deadlinesFromText(wrong);
        QVERIFY2(!refused, wrong);
        QCOMPARE(refused.error().kind, Base::Error::Kind::InvalidInput);
    }
}

QTEST_GUILESS_MAIN(TestSmtpOptions)
#include "tst_smtpoptions.moc"
