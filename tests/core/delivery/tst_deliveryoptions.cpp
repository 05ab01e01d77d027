// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/deliveryoptions.h"

#include "base/literals.h"

#include <QTest>
#include <QTimeZone>

using namespace Mailgauge;
using namespace Mailgauge::Delivery;
using Smtp::DeliverBy;
using Smtp::StopRule;

class DeliveryOptionsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void dsn_data()
    {
        QTest::addColumn<int>("notify");
        QTest::addColumn<int>("ret");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QByteArray>("mail"); // "!": refused
        QTest::addColumn<QByteArray>("rcpt");
        QTest::newRow("nothing") << 0 << 0 << QString() << ""_ba << ""_ba;
        QTest::newRow("rfc3461 4.1 all") << 7 << 1 << u"QQ314159"_s << "RET=FULL ENVID=QQ314159"_ba
                                         << "NOTIFY=SUCCESS,FAILURE,DELAY"_ba;
        QTest::newRow("rfc3461 4.1 never")
            << 8 << 2 << QString() << "RET=HDRS"_ba << "NOTIFY=NEVER"_ba;
        QTest::newRow("rfc3461 4.1 never stands alone") << 12 << 0 << QString() << ""_ba << "!"_ba;
        QTest::newRow("rfc3461 4.4 xtext") << 0 << 0 << u"a+b c"_s << "ENVID=a+2Bb+20c"_ba << ""_ba;
        QTest::newRow("D2 line end in ENVID")
            << 0 << 0 << u"a\r\nRCPT TO:<x>"_s << "ENVID=a+0D+0ARCPT+20TO:<x>"_ba << ""_ba;
        QTest::newRow("rfc3461 4.4 longest")
            << 0 << 0 << QString(100, u'x') << "ENVID=" + QByteArray(100, 'x') << ""_ba;
        QTest::newRow("rfc3461 4.4 too long") << 0 << 0 << QString(101, u'x') << "!"_ba << ""_ba;
    }
    void dsn()
    {
        QFETCH(int, notify);
        QFETCH(int, ret);
        QFETCH(QString, id);
        const DsnOptions dsn {.notify = DsnOptions::Notify::fromInt(static_cast<quint32>(notify)),
            .ret = static_cast<DsnOptions::Return>(ret),
            .envelopeId = id};
        const auto words = [](const Base::Result<QList<QByteArray>> &parameters) {
            return parameters ? QByteArrayList(*parameters).join(' ') : "!"_ba;
        };
        QTEST(words(dsnMailParameters(dsn)), "mail");
        QTEST(words(dsnRcptParameters(dsn)), "rcpt");
    }

    void everything()
    {
        DeliveryOptions options;
        options.dsn.notify = DsnOptions::Failure;
        options.dsn.ret = DsnOptions::Return::Headers;
        options.originalRecipient = true;
        options.vouch = true;
        options.submitter = u" ann@x.example "_s;
        options.requireTls = true;
        options.deliverBy = DeliverBy {std::chrono::seconds(120), DeliverBy::Mode::Return, true};
        options.hold = DeliveryOptions::Hold::For;
        options.holdFor = std::chrono::seconds(60);
        options.priority = -3;
        options.mailParameters = u"X=1  Y"_s;
        options.rcptParameters = u"Z=2"_s;
        options.stop = StopRule {StopRule::How::DropAfterSend, Smtp::Stage::Dot};
        SendRequest request;
        QVERIFY(applyTo(request, options));
        QCOMPARE(request.extensions.submitter->mailbox->address(), "ann@x.example"_ba);
        QVERIFY(request.extensions.requireTls && request.extensions.originalRecipient);
        QCOMPARE(request.extensions.deliverBy, options.deliverBy);
        QCOMPARE(request.extensions.holdFor, std::chrono::seconds(60));
        QVERIFY(!request.extensions.holdUntil);
        QCOMPARE(request.extensions.priority, -3);
        QCOMPARE(request.mailParameters, (QList<QByteArray> {"X=1", "Y", "RET=HDRS"}));
        QCOMPARE(request.rcptParameters, (QList<QByteArray> {"Z=2", "NOTIFY=FAILURE"}));
        QCOMPARE(request.session.stop, options.stop);
        options.hold = DeliveryOptions::Hold::Until;
        options.holdUntil = QDateTime(QDate(2030, 1, 2), QTime(3, 4, 5), QTimeZone::UTC);
        options.submitter.clear();
        QVERIFY(applyTo(request, options));
        QCOMPARE(request.extensions.holdUntil, options.holdUntil);
        QVERIFY(!request.extensions.holdFor);
        QVERIFY(request.extensions.submitter && !request.extensions.submitter->mailbox);
        // Asked for nothing: nothing of it stays.
        QVERIFY(applyTo(request, {}));
        QCOMPARE(request.extensions, Smtp::MailExtensions());
        QVERIFY(request.mailParameters.isEmpty() && request.rcptParameters.isEmpty());
        QVERIFY(!request.session.stop);
    }

    /// It carries one connection to an address.
    void ownPort()
    {
        Delivery::SendRequest request;
        request.target.localPort = 2525;
        DeliveryOptions options;
        options.messages = 3;
        QVERIFY(Delivery::applyTo(request, options));
        options.sessions = 2;
        const auto refused = Delivery::applyTo(request, options);
        QVERIFY(!refused);
        QVERIFY(refused.error().detail.startsWith(u"SESSIONS: "_s));
        request.target.localPort = 0;
        QVERIFY(Delivery::applyTo(request, options));
    }

    void refused_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<DeliveryOptions>("options");
        const auto row = [](const char *name, const QString &field, auto change) {
            DeliveryOptions options;
            change(options);
            QTest::newRow(name) << field << options;
        };
        row("D1 submitter", u"AUTH: "_s, [](DeliveryOptions &o) {
            o.vouch = true;
            o.submitter = u"a@x>\r\nRCPT TO:<b@y"_s;
        });
        row("ENVID", u"ENVID: "_s,
            [](DeliveryOptions &o) { o.dsn.envelopeId = QString(200, u'x'); });
        row("D2 parameter of MAIL", u"MAIL: "_s,
            [](DeliveryOptions &o) { o.mailParameters = u"X=1\r\nDATA"_s; });
        row("parameter beyond ASCII", u"RCPT: "_s,
            [](DeliveryOptions &o) { o.rcptParameters = u"X=ä"_s; });
        row("many, stopped", u"STOP: "_s, [](DeliveryOptions &o) {
            o.messages = 2;
            o.stop = StopRule();
        });
        row("rfc2852 4 return needs time", {}, [](DeliveryOptions &o) {
            o.deliverBy = DeliverBy {std::chrono::seconds(0), DeliverBy::Mode::Return, false};
        });
    }
    void refused()
    {
        QFETCH(QString, field);
        QFETCH(DeliveryOptions, options);
        SendRequest request;
        const auto applied = applyTo(request, options);
        QVERIFY(!applied);
        QCOMPARE(applied.error().kind, Base::Error::Kind::InvalidInput);
        QVERIFY2(applied.error().detail.startsWith(field), qPrintable(applied.error().detail));
        QVERIFY(request.mailParameters.isEmpty());
    }

    void notOffered()
    {
        const QList<QByteArray> parameters {
            "RET=FULL", "notify=NEVER", "X=1", "BODY=8BITMIME", "NOTIFY=NEVER", "REQUIRETLS"};
        Smtp::Capabilities none;
        QCOMPARE(parametersNotOffered(parameters, none),
            "RET without DSN, NOTIFY without DSN, BODY without 8BITMIME, "
            "REQUIRETLS without REQUIRETLS"_ba);
        QCOMPARE(parametersNotOffered({"X=1"}, none), QByteArray());
    }
};

QTEST_GUILESS_MAIN(DeliveryOptionsTest)
#include "tst_deliveryoptions.moc"
