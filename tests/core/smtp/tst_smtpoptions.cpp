// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/session.h"

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

QTEST_GUILESS_MAIN(TestSmtpOptions)
#include "tst_smtpoptions.moc"
