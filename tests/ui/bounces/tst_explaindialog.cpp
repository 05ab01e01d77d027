// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounces/explaindialog.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "pictures.h"

#include <KColorSchemeManager>

#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTest>

using namespace Mailgauge;

namespace {

struct Shown {
    Shown() { dialog.open(); }

    [[nodiscard]] QString text(const QString &name)
    {
        const auto *label = dialog.findChild<QLabel *>(name);
        return label->isVisible() ? label->text() : QString();
    }
    void paste(const QString &text) { dialog.findChild<QPlainTextEdit *>()->setPlainText(text); }
    void choose(const QString &box, const QString &entry)
    {
        auto *combo = dialog.findChild<QComboBox *>(box);
        const int index = combo->findText(entry);
        QVERIFY2(index >= 0, qPrintable(entry));
        combo->setCurrentIndex(index);
    }

    Bounces::ExplainDialog dialog;
};

} // namespace

class TestExplainDialog final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void typedReply()
    {
        Shown shown;
        QCOMPARE(shown.text(u"explainTitle"_s), QString());
        QTest::keyClicks(shown.dialog.findChild<QPlainTextEdit *>(), u"550 5.1.1 no such user"_s);
        QCOMPARE(shown.text(u"explainTitle"_s), u"Reply 550 · 5.1.1"_s);
        QVERIFY(shown.text(u"explainSentence"_s).contains(u"550 5.1.1 no such user"_s));
        for (const QString &name :
            {u"explainCause"_s, u"explainNextStep"_s, u"explainWho"_s, u"explainSource"_s})
            QVERIFY2(!shown.text(name).isEmpty(), qPrintable(name));
    }

    void theTextTellsProviderAndStage()
    {
        Shown shown;
        shown.paste(u"status=bounced (host mx1.mail.icloud.com[192.0.2.1] said: 550 5.1.1 "
                    "<a@x.example>: unauthorized sender (in reply to MAIL FROM command))"_s);
        QCOMPARE(shown.text(u"explainTitle"_s), u"Reply 550 · 5.1.1 · Apple"_s);
        QVERIFY2(shown.text(u"explainSentence"_s).startsWith(u"Apple's private relay"_s),
            qPrintable(shown.text(u"explainSentence"_s)));
        // A refusal without words means something else at MAIL than at RCPT.
        shown.paste(u"550 zzz (in reply to MAIL FROM command)"_s);
        const QString atMail = shown.text(u"explainSentence"_s);
        shown.choose(u"explainStage"_s, u"rcpt"_s);
        QVERIFY(shown.text(u"explainSentence"_s) != atMail);
    }

    void aProviderCanBeChosen()
    {
        Shown shown;
        shown.paste(u"550 5.7.25 zzz"_s);
        QVERIFY(!shown.text(u"explainSentence"_s).contains(u"Google"_s));
        shown.choose(u"explainProvider"_s, u"Google"_s);
        QCOMPARE(shown.text(u"explainTitle"_s), u"Reply 550 · 5.7.25 · Google"_s);
        QVERIFY(shown.text(u"explainSentence"_s).contains(u"Google"_s));
        shown.choose(u"explainProvider"_s, u"Recognise"_s);
        QVERIFY(!shown.text(u"explainSentence"_s).contains(u"Google"_s));
    }

    void noReplyAndNothingToDo()
    {
        Shown shown;
        shown.paste(u"it did not arrive"_s);
        QCOMPARE(shown.text(u"explainTitle"_s), u"No reply code in this text"_s);
        QCOMPARE(shown.text(u"explainCause"_s), QString());
        shown.paste(u"250 2.0.0 Ok: queued"_s);
        QCOMPARE(shown.text(u"explainTitle"_s), u"Reply 250 · 2.0.0"_s);
        QCOMPARE(shown.text(u"explainWho"_s), QString());
    }

    /// G16: what a server says is never markup.
    void plainText()
    {
        Shown shown;
        shown.paste(u"550 <b>x</b><img src=http://192.0.2.1/>"_s);
        QCOMPARE(
            shown.dialog.findChild<QLabel *>(u"explainSentence"_s)->textFormat(), Qt::PlainText);
        QVERIFY(shown.text(u"explainSentence"_s).contains(u"<b>x</b>"_s));
    }

    void everythingHasAName()
    {
        Shown shown;
        shown.paste(u"550 5.1.1 no such user"_s);
        QCOMPARE(Test::namelessControls(&shown.dialog), QStringList());
    }

    void pictures()
    {
        const QString folder = Test::pictureFolder();
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        KColorSchemeManager *schemes = KColorSchemeManager::instance();
        for (const QString &scheme : {u"Breeze Light"_s, u"Breeze Dark"_s}) {
            schemes->activateScheme(schemes->indexForScheme(scheme));
            Shown shown;
            const auto take = [&](const QString &name) {
                QCoreApplication::processEvents();
                QVERIFY(shown.dialog.grab().save(folder + u"/explain-"_s + name + u'-'
                    + scheme.section(u' ', -1).toLower() + u".png"_s));
            };
            take(u"empty"_s);
            shown.paste(
                u"550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n"
                "550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.\n"
                "550 5.7.26 a1-2002 - gsmtp"_s);
            take(u"google"_s);
            shown.paste(u"it did not arrive"_s);
            take(u"none"_s);
        }
    }
};

QTEST_MAIN(TestExplainDialog)
#include "tst_explaindialog.moc"
