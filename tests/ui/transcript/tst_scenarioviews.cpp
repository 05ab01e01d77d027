// SPDX-License-Identifier: GPL-3.0-or-later

/// Sessions as they really are: sent to the built-in relay, scenario by scenario, and looked at in
/// all views.
#include "base/literals.h"
#include "delivery/prepare.h"
#include "delivery/sendservice.h"
#include "models/waterfallmodel.h"
#include "pictures.h"
#include "sandbox/sandboxservice.h"
#include "sandbox/scenariocatalogue.h"
#include "theme/theme.h"
#include "transcript/detailspanel.h"
#include "transcript/sequenceview.h"
#include "transcript/sessionviews.h"
#include "transcript/transcriptpanel.h"
#include "transcript/transcriptview.h"
#include "transcript/waterfallview.h"

#include <KColorSchemeManager>
#include <KIconTheme>

#include <QApplication>
#include <QDir>
#include <QListView>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

struct Bench {
    Bench()
    {
        QObject::connect(
            &service, &Delivery::SendService::started, &panel, &TranscriptPanel::setRecord);
        QObject::connect(&service, &Delivery::SendService::entriesRecorded, &panel,
            &TranscriptPanel::appendEntries);
        QObject::connect(
            &service, &Delivery::SendService::finished, &panel, &TranscriptPanel::setRecord);
        QObject::connect(&panel, &TranscriptPanel::lineSelected, &details, &DetailsPanel::showLine);
        panel.resize(1040, 520);
        panel.show();
        details.resize(360, 520);
        details.show();
    }

    bool run(const QString &scenario)
    {
        QSignalSpy up(&relay, &Sandbox::SandboxService::started);
        Sandbox::SandboxOptions options;
        if (const auto loaded = Sandbox::loadScenario(scenario))
            options.scenario = *loaded;
        relay.start(options);
        if (up.isEmpty() && !up.wait(Test::Patience))
            return false;
        Delivery::Composition composition;
        Relay::RelayProfile &profile = composition.profile;
        profile.name = u"Sandbox"_s;
        profile.host = relay.address()->host;
        profile.port = relay.address()->port;
        profile.caPem = relay.address()->caPem;
        profile.auth = Smtp::AuthOptions::Need::Required;
        profile.user = u"sandbox"_s;
        composition.secrets.password = Base::Secret("open-sesame"_ba);
        composition.draft.from = u"Ann <ann@example.org>"_s;
        composition.draft.to = u"bob@example.net, nobody@example.net, full.house@example.net"_s;
        composition.draft.subject = u"Grüße"_s;
        composition.draft.text = u"A test of the relay."_s;
        const auto request = Delivery::prepare(composition);
        if (!request)
            return false;
        QSignalSpy finished(&service, &Delivery::SendService::finished);
        service.send(*request);
        if (!Test::waitFor([&] { return !finished.isEmpty(); }))
            return false;
        panel.model().flush();
        return true;
    }
    [[nodiscard]] QStringList sentences() const
    {
        const auto &model = panel.findChild<SequenceView *>()->model();
        QStringList list;
        for (int row = 0; row < model.rowCount(); ++row)
            list += model.index(row).data().toString();
        return list;
    }

    Base::SystemClock clock;
    Sandbox::SandboxService relay {clock};
    Delivery::SendService service {nullptr, clock};
    Theme::Theme theme;
    TranscriptPanel panel {theme};
    DetailsPanel details {panel.model(), theme};
};

} // namespace

class TestScenarioViews final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scenarios_data()
    {
        QTest::addColumn<QStringList>("sentences");
        QTest::addColumn<QString>("lastStage");
        const QString takes = u"It takes mail for 3 recipients (bob@example.net, "
                              "nobody@example.net, full.house@example.net)"_s;
        QTest::newRow("accept-all")
            << QStringList {u"It greeted us"_s, u"From here on nobody can listen"_s,
                   u"It let us in"_s, takes, u"The conversation is over"_s}
            << u"quit"_s;
        QTest::newRow("reject-recipients") << QStringList {u"It takes mail for bob@example.net"_s,
            u"It refused nobody@example.net: no such mailbox"_s,
            u"It refused full.house@example.net: the mailbox is full"_s}
                                           << u"quit"_s;
        QTest::newRow("greylist") << QStringList {
            u"It put off 3 recipients (bob@example.net, nobody@example.net, "
            "full.house@example.net): we are new here and should come again "
            "later"_s} << u"quit"_s;
        QTest::newRow("drop-after-dot") << QStringList {takes,
            u"The line went dead before it answered: the message may or may not have "
            "arrived"_s} << u"dot"_s;
        QTest::newRow("expired-certificate")
            << QStringList {u"We hung up, because its certificate proves nothing: it has expired"_s}
            << u"tls"_s;
    }

    void scenarios()
    {
        QFETCH(QStringList, sentences);
        QFETCH(QString, lastStage);
        const QString folder = Test::pictureFolder();
        KColorSchemeManager *schemes = KColorSchemeManager::instance();
        for (const QString &scheme : {u"Breeze Light"_s, u"Breeze Dark"_s}) {
            schemes->activateScheme(schemes->indexForScheme(scheme));
            Bench bench;
            QVERIFY(bench.run(QString::fromLatin1(QTest::currentDataTag())));
            bench.panel.views().show(SessionViews::View::Conversation);
            auto *sequence = bench.panel.findChild<SequenceView *>();
            QTRY_VERIFY(sequence->isVisible());
            for (const QString &expected : sentences)
                QVERIFY2(bench.sentences().contains(expected),
                    qPrintable(expected + u" not in\n"_s + bench.sentences().join(u'\n')));
            const auto &spans = bench.panel.findChild<WaterfallView *>()->spans();
            QVERIFY(spans.rowCount() > 3);
            QCOMPARE(spans.index(spans.rowCount() - 1, 0).data().toString(), lastStage);
            // Every line is explained, with and without what is decoded in it.
            for (int row = 0; row < bench.panel.model().rowCount(); ++row) {
                bench.panel.view().goTo(row);
                QVERIFY(bench.details.isVisible());
            }
            if (folder.isEmpty())
                return;
            QVERIFY(QDir().mkpath(folder));
            const QString name = u"%1/%2-%3-%4.png"_s.arg(folder,
                QString::fromLatin1(QTest::currentDataTag()), u"%1"_s,
                scheme.endsWith("Dark"_L1) ? u"dark"_s : u"light"_s);
            const auto grab = [&](QWidget &widget, const QString &what) {
                QCoreApplication::processEvents();
                QVERIFY(widget.grab().save(name.arg(what)));
            };
            grab(bench.panel, u"diagram"_s);
            bench.panel.resize(640, 320);
            grab(bench.panel, u"diagram-small"_s);
            bench.panel.resize(1040, 420);
            bench.panel.views().show(SessionViews::View::Time);
            QTRY_VERIFY(bench.panel.findChild<WaterfallView *>()->isVisible());
            grab(bench.panel, u"time"_s);
            bench.panel.views().show(SessionViews::View::Lines);
            grab(bench.panel, u"lines"_s);
            for (const QByteArray &begin :
                {"334 "_ba, "MAIL"_ba, "250-SIZE"_ba, "550"_ba, "TLS"_ba}) {
                for (int row = 0; row < bench.panel.model().rowCount(); ++row) {
                    if (!bench.panel.model().transcript().text(row).startsWith(begin))
                        continue;
                    bench.panel.view().goTo(row);
                    grab(bench.details, u"details-"_s + QString::fromLatin1(begin.trimmed()));
                }
            }
            bench.details.findChild<QTabWidget *>()->setCurrentIndex(2);
            grab(bench.details, u"details-facts"_s);
        }
    }
};

int main(int argc, char *argv[])
{
    KIconTheme::initTheme();
    QApplication app(argc, argv);
    TestScenarioViews test;
    QTEST_SET_MAIN_SOURCE_PATH
    return QTest::qExec(&test, argc, argv);
}
#include "tst_scenarioviews.moc"
