// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "net/greetingcheck.h"
#include "net/hostlookup.h"

#include <QFutureWatcher>
#include <QSignalSpy>
#include <QTest>

#include <netdb.h>

using namespace Mailgauge;
using Base::Error;
using Answer = Base::Result<QList<QHostAddress>>;

class HostLookupTest final : public QObject {
    Q_OBJECT

private:
    Answer ask(const Net::Target &target)
    {
        QFutureWatcher<Answer> watcher;
        QSignalSpy finished(&watcher, &QFutureWatcher<Answer>::finished);
        watcher.setFuture(Net::lookUp(target));
        if (finished.isEmpty())
            finished.wait(Test::Patience);
        return watcher.result();
    }

private Q_SLOTS:
    void literalsAndPins()
    {
        Net::Target target;
        target.host = u"192.0.2.7"_s;
        QCOMPARE(ask(target).value_or(QList<QHostAddress>()), QList {QHostAddress(u"192.0.2.7"_s)});
        target.host = u"no.such.host.invalid"_s;
        target.pinnedAddress = QHostAddress(u"::1"_s);
        QCOMPARE(ask(target).value_or(QList<QHostAddress>()), QList {QHostAddress(u"::1"_s)});
        target.family = QAbstractSocket::IPv4Protocol;
        const Answer wrong = ask(target);
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().kind, Error::Kind::Resolve);
    }

    void hostsFile()
    {
        Net::Target target;
        target.host = u"localhost"_s;
        target.family = QAbstractSocket::IPv4Protocol;
        QCOMPARE(ask(target).value_or(QList<QHostAddress>()),
            QList {QHostAddress(QHostAddress::LocalHost)});
    }

    // A3: what will not come is told from what may come later.
    void errors_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<bool>("temporary");
        QTest::newRow("A3 NXDOMAIN") << EAI_NONAME << false;
        QTest::newRow("A3 no address") << EAI_NODATA << false;
        QTest::newRow("A3 SERVFAIL or time-out") << EAI_AGAIN << true;
        QTest::newRow("A3 resolver broken") << EAI_FAIL << true;
        QTest::newRow("no memory") << EAI_MEMORY << true;
    }
    void errors()
    {
        QFETCH(int, code);
        QFETCH(bool, temporary);
        const Error error = Net::lookupError(u"mx.example"_s, code);
        QCOMPARE(error.kind, Error::Kind::Resolve);
        QCOMPARE(Base::isTemporary(error), temporary);
        QVERIFY(error.detail.contains("mx.example: "_L1));
    }

    void emptyName()
    {
        const Answer answer = ask({});
        QVERIFY(!answer);
        QVERIFY(!Base::isTemporary(answer.error()));
    }

    void greetings_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("detail");
        const QString tls = u"peer speaks TLS: this port expects TLS from the first byte"_s;
        QTest::newRow("A7 TLS handshake") << "\x16\x03\x01\x02\x00"_ba << tls;
        QTest::newRow("A7 TLS alert") << QByteArray("\x15\x03\x03\0\x02\x02\x50", 7) << tls;
        QTest::newRow("A7 HTTP") << "HTTP/1.1 400 Bad Request\r\n"_ba
                                 << u"peer speaks HTTP, not SMTP"_s;
        QTest::newRow("A7 SSH") << "SSH-2.0-x\r\n"_ba << u"peer speaks SSH, not SMTP"_s;
        QTest::newRow("A7 IMAP") << "* OK ready\r\n"_ba << u"peer speaks IMAP, not SMTP"_s;
        QTest::newRow("A7 POP3") << "+OK ready\r\n"_ba << u"peer speaks POP3, not SMTP"_s;
        QTest::newRow("SMTP") << "220 mx\r\n"_ba << QString();
        QTest::newRow("refusal") << "554 no\r\n"_ba << QString();
        QTest::newRow("nothing yet") << ""_ba << QString();
        QTest::newRow("too little to tell") << "HTT"_ba << QString();
    }
    void greetings()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, detail);
        const auto error = Net::checkGreeting(bytes);
        QCOMPARE(error.has_value(), !detail.isEmpty());
        if (error) {
            QCOMPARE(error->kind, Error::Kind::MalformedReply);
            QCOMPARE(error->detail, detail);
            QCOMPARE(error->evidence, bytes);
        }
    }
};

QTEST_GUILESS_MAIN(HostLookupTest)
#include "tst_hostlookup.moc"
