// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/deliverypanel.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "compose/deliveryjson.h"
#include "models/deliverymodel.h"
#include "pictures.h"
#include "theme/theme.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTest>
#include <QUndoStack>

using namespace Mailgauge;
using Delivery::DeliveryOptions;
using Delivery::DsnOptions;
using Smtp::StopRule;

namespace {
std::optional<StopRule> stopping(StopRule::How how, Smtp::Stage stage)
{
    return StopRule {.how = how, .stage = stage};
}
} // namespace

class TestDeliveryPanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_undo.clear();
        m_model = std::make_unique<Models::DeliveryModel>(m_undo);
        m_panel = std::make_unique<Compose::DeliveryPanel>(m_theme, *m_model);
        m_panel->resize(700, 600);
        m_panel->show();
        QVERIFY(Test::waitForExposed(m_panel.get()));
    }
    void cleanup()
    {
        m_panel.reset();
        m_undo.clear();
        m_model.reset();
    }

    void neverStandsAlone() // RFC 3461 4.1
    {
        click("notifySuccess");
        click("notifyDelay");
        QCOMPARE(m_model->options().dsn.notify, DsnOptions::Success | DsnOptions::Delay);
        click("notifyNever");
        QCOMPARE(m_model->options().dsn.notify, DsnOptions::Notify(DsnOptions::Never));
        click("notifyFailure");
        QCOMPARE(m_model->options().dsn.notify, DsnOptions::Notify(DsnOptions::Failure));
        QVERIFY(!part<QCheckBox>("notifyNever")->isChecked());
    }

    void aPointStops()
    {
        QCOMPARE(m_model->count(), 0);
        click("stage.data");
        QCOMPARE(m_model->options().stop, stopping(StopRule::How::QuitAfter, Smtp::Stage::Data));
        choose("stop", 3);
        QCOMPARE(
            m_model->options().stop, stopping(StopRule::How::DropAfterSend, Smtp::Stage::Data));
        click("stage.dot");
        QCOMPARE(m_model->options().stop, stopping(StopRule::How::DropAfterSend, Smtp::Stage::Dot));
        QVERIFY(!part<QAbstractButton>("stage.data")->isChecked());
        QCOMPARE(m_model->count(), 1);
        choose("stop", 0);
        QVERIFY(!m_model->options().stop);
        QVERIFY(!part<QAbstractButton>("stage.dot")->isChecked());
        // Who says how and not where gets the place that costs nothing.
        choose("stop", 1);
        QCOMPARE(m_model->options().stop, stopping(StopRule::How::QuitAfter, Smtp::Stage::Rcpt));
    }

    void everyStageIsAPoint()
    {
        for (const Smtp::Stage stage : Smtp::allStages) {
            click(("stage." + Smtp::stageName(stage).toByteArray()).constData());
            QCOMPARE(m_model->options().stop, stopping(StopRule::How::QuitAfter, stage));
            // The draft keeps it.
            QCOMPARE(Compose::deliveryFromJson(Compose::deliveryToJson(m_model->options())),
                m_model->options());
        }
    }

    void everyChangeComesBackByUndo()
    {
        QTest::keyClicks(part<QLineEdit>("envelopeId"), u"QQ314"_s);
        QCOMPARE(m_model->options().dsn.envelopeId, u"QQ314"_s);
        QCOMPARE(m_undo.count(), 1);
        click("requireTls");
        choose("priority", 3);
        QCOMPARE(m_model->options().priority, 7);
        QCOMPARE(m_undo.count(), 3);
        m_undo.undo();
        QCOMPARE(part<QComboBox>("priority")->currentIndex(), 0);
        m_undo.undo();
        QVERIFY(!part<QCheckBox>("requireTls")->isChecked());
        m_undo.undo();
        QVERIFY(part<QLineEdit>("envelopeId")->text().isEmpty());
        QCOMPARE(m_model->options(), DeliveryOptions());
        m_undo.redo();
        QCOMPARE(part<QLineEdit>("envelopeId")->text(), u"QQ314"_s);
    }

    void handshakeIsToldOnDemand()
    {
        click("traceTls");
        QVERIFY(m_model->options().traceTls);
        QCOMPARE(m_model->count(), 1);
        QVERIFY(!part<QCheckBox>("traceTls")->toolTip().isEmpty());
    }

    void valuesOfATemplate()
    {
        auto *values = part<QPlainTextEdit>("templateValues");
        QVERIFY(!values->isEnabled());
        click("templateFill");
        QVERIFY(values->isEnabled());
        QTest::keyClicks(values, u"{\"name\": \"Ann\"}"_s);
        QCOMPARE(m_model->options().values, u"{\"name\": \"Ann\"}"_s);
        QVERIFY(m_model->options().fill);
        QVERIFY(!m_panel->hasProblem());
        QCOMPARE(m_model->count(), 1);
        m_undo.undo();
        QCOMPARE(values->toPlainText(), QString());
        m_undo.undo();
        QCOMPARE(m_model->options(), DeliveryOptions());
    }

    void problemsAreTold_data()
    {
        QTest::addColumn<DeliveryOptions>("options");
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QString>("says");
        DeliveryOptions wrong;
        wrong.vouch = true;
        wrong.submitter = u"nobody"_s;
        QTest::newRow("submitter") << wrong << "submitter"_ba << u"nobody"_s;
        wrong.vouch = false;
        QTest::newRow("submitter that is not asked for") << wrong << ""_ba << QString();
        wrong = {};
        wrong.dsn.envelopeId = QString(101, u'x');
        QTest::newRow("envelope id") << wrong << "envelopeId"_ba << u"100"_s;
        wrong = {};
        wrong.mailParameters = u"X=ä"_s;
        QTest::newRow("parameter") << wrong << "mailParameters"_ba << u"ASCII"_s;
        wrong = {};
        wrong.hold = DeliveryOptions::Hold::Until;
        wrong.holdUntil = QDateTime(QDate(2001, 1, 1), QTime(0, 0));
        QTest::newRow("held until the past") << wrong << "holdUntil"_ba << u"past"_s;
        wrong = {};
        wrong.messages = 5;
        wrong.stop = StopRule();
        QTest::newRow("many stopped") << wrong << "stop"_ba << u"Many"_s;
        wrong = {};
        wrong.fill = true;
        wrong.values = u"{name: 1}"_s;
        QTest::newRow("values that are no JSON") << wrong << "templateValues"_ba << u"JSON"_s;
        wrong.fill = false;
        QTest::newRow("values that nobody fills in") << wrong << ""_ba << QString();
        wrong = {};
        wrong.deliverBy = Smtp::DeliverBy {
            std::chrono::seconds(0), Smtp::DeliverBy::Mode::Return, false};
        QTest::newRow("sent back at once") << wrong << "deliverBy"_ba << u"sent back"_s;
    }
    void problemsAreTold()
    {
        QFETCH(DeliveryOptions, options);
        QFETCH(QByteArray, field);
        QFETCH(QString, says);
        m_model->setOptions(options);
        QCOMPARE(m_panel->hasProblem(), !field.isEmpty());
        if (field.isEmpty())
            return;
        auto *widget = part<QWidget>(field.constData());
        const QString told = widget->accessibleDescription()
            + part<QLabel>("deliveryProblem")->text();
        QVERIFY2(told.contains(says), qPrintable(told));
        m_panel->activateWindow();
        QVERIFY(Test::waitForActive(m_panel.get()));
        m_panel->showProblem();
        QCOMPARE(QApplication::focusWidget(), widget);
    }

    void draftsKeepAllOfIt()
    {
        DeliveryOptions options;
        options.dsn = {
            DsnOptions::Success | DsnOptions::Delay, DsnOptions::Return::Headers, u"id"_s};
        options.originalRecipient = true;
        options.vouch = true;
        options.submitter = u"ann@x.example"_s;
        options.requireTls = true;
        options.deliverBy = Smtp::DeliverBy {
            std::chrono::seconds(-5), Smtp::DeliverBy::Mode::Notify, true};
        options.hold = DeliveryOptions::Hold::Until;
        options.holdFor = std::chrono::seconds(90);
        options.holdUntil = QDateTime(QDate(2040, 2, 3), QTime(4, 5, 6));
        options.priority = -9;
        options.mailParameters = u"A=1 B"_s;
        options.rcptParameters = u"C=ü"_s;
        options.stop = StopRule {StopRule::How::DropAfter, Smtp::Stage::Content};
        options.traceTls = true;
        options.messages = 1000;
        options.sessions = 16;
        options.fill = true;
        options.values = u"{\"a\":\n 1}"_s;
        QCOMPARE(Compose::deliveryFromJson(Compose::deliveryToJson(options)), options);
        QVERIFY(Compose::deliveryToJson({}).isEmpty());
        QCOMPARE(Compose::deliveryFromJson({{u"stop"_s, 5}, {u"hold"_s, u"x"_s},
                     {u"messages"_s, -3}, {u"notify"_s, 4096}, {u"holdFor"_s, 3600}}),
            DeliveryOptions());
        // What is shown is what is kept.
        options.holdFor = DeliveryOptions().holdFor;
        m_model->setOptions(options);
        click("requireTls");
        options.requireTls = false;
        QCOMPARE(m_model->options(), options);
    }

    void everyControlHasAName()
    {
        QVERIFY2(Test::namelessControls(m_panel.get()).isEmpty(),
            qPrintable(Test::namelessControls(m_panel.get()).join(u'\n')));
    }

    void pictures()
    {
        const QString folder = Test::pictureFolder();
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        std::optional<Test::DarkPalette> dark;
        click("stage.data");
        click("deliverBy");
        choose("hold", 2);
        part<QLineEdit>("mailParameters")->setText(u"X=ä"_s);
        for (const char *scheme : {"light", "dark"}) {
            if (scheme == QByteArrayView("dark"))
                dark.emplace();
            for (const QSize size : {QSize(900, 860), QSize(620, 300)}) {
                m_panel->resize(size);
                QCoreApplication::processEvents();
                QVERIFY(m_panel->grab().save(u"%1/delivery-%2-%3.png"_s.arg(
                    folder, QLatin1StringView(scheme), QString::number(size.width()))));
            }
        }
    }

private:
    template <typename T>
    [[nodiscard]] T *part(const char *name) const
    {
        T *found = m_panel->findChild<T *>(QLatin1StringView(name));
        if (found == nullptr)
            qFatal("no %s", name);
        return found;
    }
    void click(const char *name) { part<QAbstractButton>(name)->click(); }
    void choose(const char *name, int index) { part<QComboBox>(name)->setCurrentIndex(index); }

    Theme::Theme m_theme;
    QUndoStack m_undo;
    std::unique_ptr<Models::DeliveryModel> m_model;
    std::unique_ptr<Compose::DeliveryPanel> m_panel;
};

QTEST_MAIN(TestDeliveryPanel)
#include "tst_deliverypanel.moc"
