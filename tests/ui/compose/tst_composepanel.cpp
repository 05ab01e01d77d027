// SPDX-License-Identifier: GPL-3.0-or-later
#include "accessiblewalk.h"
#include "base/literals.h"
#include "compose/composepanel.h"
#include "compose/draftjournal.h"
#include "compose/welcome.h"
#include "mime/reader.h"
#include "theme/theme.h"
#include "widgets/messagebar.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QCompleter>
#include <QDir>
#include <QDropEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>
#include <QToolButton>
#include <QUrl>

using namespace Mailgauge;
using Compose::ComposePanel;
using Delivery::Composition;

namespace {
struct Panel {
    explicit Panel(const QString &directory = {})
        : panel(theme, directory)
    {
        panel.resize(900, 700);
        panel.show();
    }
    [[nodiscard]] QStringList bars()
    {
        QStringList texts;
        for (const auto *bar : panel.findChildren<Widgets::MessageBar *>()) {
            if (bar->isVisible() && bar->parentWidget()->parentWidget() == &panel)
                texts.append(bar->text());
        }
        return texts;
    }
    void click(const QString &button)
    {
        for (auto *one : panel.findChildren<QPushButton *>()) {
            if (one->isVisible() && one->text() == button) {
                QTest::mouseClick(one, Qt::LeftButton);
                // Buttons of a message that was replaced go at once.
                QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
                return;
            }
        }
        QFAIL(qPrintable(button));
    }
    template <typename T>
    [[nodiscard]] T *part(const QString &name)
    {
        T *found = panel.findChild<T *>(name);
        if (found == nullptr)
            qFatal("no %s", qPrintable(name));
        return found;
    }
    void type(const QString &field, const QString &text)
    {
        auto *edit = part<QLineEdit>(field);
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, text);
    }
    Theme::Theme theme;
    ComposePanel panel;
};

QString shownProblem(const QWidget &panel)
{
    for (const QLineEdit *edit : panel.findChildren<QLineEdit *>()) {
        if (!edit->accessibleDescription().isEmpty())
            return edit->objectName() + u": "_s + edit->accessibleDescription();
    }
    return {};
}
} // namespace

class TestComposePanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sendsWhatWasTyped();
    void keepSecretsIsChosenForOneRun();
    void welcomeIsReadyToSend();
    void tellsAtTheFieldWhatIsWrong_data();
    void tellsAtTheFieldWhatIsWrong();
    void problemGoesWhileTyping();
    void templatesAreJudgedFilledIn();
    void filesGoToTheEnvelope();
    void envelopeMayDiffer();
    void completesAddressesUsedBefore();
    void attachesDroppedFiles();
    void tellsWhatCannotBeAttached();
    void makesImagesInline();
    void headersAreSent();
    void wrongHeaderStopsTheSend();
    void previewBlocksAndLists();
    void sourceShowsTheMessage();
    void opensAndSavesMessages();
    void takesMailto();
    void recoversAfterACrash();
    void discardsAfterACrash();
    void offersEveryCrashBesideTheOrderlyEnd();
    void whatIsReplacedComesBack_data();
    void whatIsReplacedComesBack();
    void undoOfAReplacementLosesNothing();
    void mailtoWithoutAnAddressIsTold();
    void whatIsTypedIntoACellIsSent();
    void completionIsUndone();
    void sourceIsBuiltOnceAMoment();
    void tooMuchPastedIsTold();
    void everyControlHasAName();
};

void TestComposePanel::sendsWhatWasTyped()
{
    Panel p;
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    p.type(u"from"_s, u"ann@example.org"_s);
    p.type(u"to"_s, u"bob@example.net, carl@example.net"_s);
    p.type(u"subject"_s, u"Hello"_s);
    QTest::keyClicks(p.part<QPlainTextEdit>(u"textBody"_s), u"text"_s);
    QTest::keyClicks(p.part<QPlainTextEdit>(u"htmlBody"_s), u"<p>html"_s);
    p.panel.send();
    QCOMPARE(sent.size(), 1);
    const auto composition = sent[0][0].value<Composition>();
    QCOMPARE(composition.draft.from, u"ann@example.org"_s);
    QCOMPARE(composition.draft.to, u"bob@example.net, carl@example.net"_s);
    QCOMPARE(composition.draft.subject, u"Hello"_s);
    QCOMPARE(composition.draft.text, u"text"_s);
    QCOMPARE(composition.draft.html, u"<p>html"_s);
    QVERIFY(composition.reversePath.isEmpty() && composition.forwardPaths.isEmpty());
}

void TestComposePanel::keepSecretsIsChosenForOneRun()
{
    Panel p;
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    p.type(u"from"_s, u"ann@example.org"_s);
    p.type(u"to"_s, u"bob@example.net"_s);
    auto *keep = p.part<QToolButton>(u"keepSecrets"_s);
    QVERIFY(!keep->isChecked());
    QTest::mouseClick(keep, Qt::LeftButton);
    p.panel.send();
    p.panel.send();
    QCOMPARE(sent.size(), 2);
    QVERIFY(sent[0][0].value<Composition>().keepSecrets);
    QVERIFY(!sent[1][0].value<Composition>().keepSecrets);
    QVERIFY(!keep->isChecked());
}

void TestComposePanel::welcomeIsReadyToSend()
{
    Panel p;
    p.panel.setDraft(Compose::welcomeDraft());
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    p.panel.send();
    QCOMPARE(sent.size(), 1);
    QVERIFY(p.panel.draft() == Compose::welcomeDraft());
}

void TestComposePanel::tellsAtTheFieldWhatIsWrong_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("text");
    QTest::newRow("no sender") << u"from"_s << QString();
    QTest::newRow("nobody to send to") << u"to"_s << QString();
    QTest::newRow("malformed recipient") << u"to"_s << u"bob@example.net, carl@"_s;
    QTest::newRow("malformed Cc that is hidden") << u"cc"_s << u"not an address"_s;
    QTest::newRow("malformed reverse-path") << u"reversePath"_s << u"bounce"_s;
    QTest::newRow("malformed forward-path") << u"forwardPaths"_s << u"<>"_s;
    QTest::newRow("malformed Reply-To") << u"replyTo"_s << u"x@"_s;
}

void TestComposePanel::tellsAtTheFieldWhatIsWrong()
{
    QFETCH(QString, field);
    QFETCH(QString, text);
    Panel p;
    p.panel.setDraft(Compose::welcomeDraft());
    p.part<QLineEdit>(field)->setText(text);
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    p.panel.send();
    QCOMPARE(sent.size(), 0);
    QVERIFY2(shownProblem(p.panel).startsWith(field + u':'), qPrintable(shownProblem(p.panel)));
    QVERIFY(p.part<QLineEdit>(field)->isVisible());
    QVERIFY(Test::waitForActive(&p.panel));
    QVERIFY(p.part<QLineEdit>(field)->hasFocus());
}

void TestComposePanel::templatesAreJudgedFilledIn()
{
    Panel p;
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    Compose::Draft draft;
    draft.message.from = u"{{me}}"_s;
    draft.message.to = u"{{user}}@example.net"_s;
    draft.message.subject = u"{{subject}} {{messageId}}"_s;
    draft.message.text = u"{{body}}"_s;
    draft.message.headers = {{"X-A"_ba, u"{{header}}"_s}};
    draft.options.fill = true;
    draft.options.values = u"{"_s;
    const auto tryWith = [&](const QString &values) {
        draft.options.values = values;
        p.panel.setDraft(draft);
        p.panel.send();
        return shownProblem(p.panel);
    };
    auto *tabs = p.part<QTabWidget>(u"composeTabs"_s);
    QCOMPARE(tryWith(u"{"_s), QString()); // of no field here
    QCOMPARE(tabs->tabText(tabs->currentIndex()), u"Delivery (1)"_s);
    QVERIFY2(
        tryWith(u"{}"_s).contains(u"{{me}} has no value"_s), qPrintable(shownProblem(p.panel)));
    // A value that is none for an address.
    QVERIFY(tryWith(u"{\"me\": \"a b@x\", \"user\": \"bob\"}"_s).startsWith(u"from: "_s));
    QVERIFY(tryWith(u"{\"me\": \"nobody\", \"user\": \"bob\"}"_s)
            .contains(u"“nobody” is no address"_s));
    const QString good = u"{\"me\": \"ann@example.org\", \"user\": \"bob\""_s;
    QVERIFY(tryWith(good + u'}').startsWith(u"subject: "_s));
    QCOMPARE(tryWith(good + u",\"subject\": \"s\"}"_s), QString());
    QVERIFY2(p.bars().join(u' ').contains(u"{{body}}"_s), qPrintable(p.bars().join(u' ')));
    QCOMPARE(tabs->currentIndex(), 0);
    QCOMPARE(tryWith(good + u",\"subject\": \"s\",\"body\": 1}"_s), QString());
    QVERIFY2(p.bars().join(u' ').contains(u"{{header}}"_s), qPrintable(p.bars().join(u' ')));
    QVERIFY(tabs->tabText(tabs->currentIndex()).startsWith(u"Headers"_s));
    QCOMPARE(sent.size(), 0);
    tryWith(good + u",\"subject\": \"s\",\"body\": 1,\"header\": true}"_s);
    QCOMPARE(sent.size(), 1);
    QCOMPARE(p.bars(), QStringList());
    // Not before it is on its way: Delivery::prepare() fills it in.
    QCOMPARE(sent.first().first().value<Composition>().draft.to, draft.message.to);
}

void TestComposePanel::filesGoToTheEnvelope()
{
    Panel p;
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    p.panel.sendFile(u"/m.eml"_s, false);
    QVERIFY(shownProblem(p.panel).startsWith(u"from: "_s));
    QCOMPARE(sent.size(), 0);
    p.type(u"from"_s, u"ann@example.org"_s);
    p.type(u"to"_s, u"bob@example.net"_s);
    p.panel.sendFile(u"/m.eml"_s, true);
    QCOMPARE(sent.size(), 1);
    const auto composition = sent.first().first().value<Composition>();
    QCOMPARE(composition.rawFile, u"/m.eml"_s);
    QVERIFY(composition.rawBinary);
    QCOMPARE(composition.draft.to, u"bob@example.net"_s);
    p.panel.send();
    QVERIFY(sent.last().first().value<Composition>().rawFile.isEmpty());
    // Nothing of these goes with the file.
    Compose::Draft draft = p.panel.draft();
    draft.message.subject = u"{{nobody}}"_s;
    draft.message.replyTo = u"@"_s;
    draft.message.from.clear();
    draft.nullReversePath = true;
    draft.options.fill = true;
    p.panel.setDraft(draft);
    sent.clear();
    p.panel.send();
    QCOMPARE(sent.size(), 0);
    p.panel.sendFile(u"/m.eml"_s, false);
    QVERIFY2(sent.size() == 1, qPrintable(shownProblem(p.panel)));
    QVERIFY(shownProblem(p.panel).isEmpty());
}

void TestComposePanel::problemGoesWhileTyping()
{
    Panel p;
    p.panel.send();
    QVERIFY(shownProblem(p.panel).startsWith(u"from:"_s));
    QTest::keyClicks(p.part<QLineEdit>(u"from"_s), u"a"_s);
    QVERIFY(p.part<QLineEdit>(u"from"_s)->accessibleDescription().isEmpty());
}

void TestComposePanel::envelopeMayDiffer()
{
    Panel p;
    p.panel.setDraft(Compose::welcomeDraft());
    p.type(u"forwardPaths"_s, u"probe@example.com"_s);
    QTest::mouseClick(p.part<QToolButton>(u"nullReversePath"_s), Qt::LeftButton);
    QVERIFY(!p.part<QLineEdit>(u"reversePath"_s)->isEnabled());
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    p.panel.send();
    const auto composition = sent.value(0).value(0).value<Composition>();
    QVERIFY(composition.nullReversePath);
    QCOMPARE(composition.forwardPaths, u"probe@example.com"_s);
}

void TestComposePanel::completesAddressesUsedBefore()
{
    QTemporaryDir dir;
    {
        Panel p(dir.path());
        p.panel.setDraft(Compose::welcomeDraft());
        p.panel.send();
    }
    Panel p(dir.path());
    QVERIFY(Test::waitForActive(&p.panel));
    p.type(u"to"_s, u"x@example.com, read"_s);
    auto *completer = p.part<QLineEdit>(u"to"_s)->findChild<QCompleter *>();
    QVERIFY(completer);
    QTRY_VERIFY(completer->popup()->isVisible());
    QTest::keyClick(completer->popup(), Qt::Key_Down);
    QTest::keyClick(completer->popup(), Qt::Key_Return);
    QCOMPARE(p.part<QLineEdit>(u"to"_s)->text(), u"x@example.com, Bob Reader <bob@example.net>"_s);
}

void TestComposePanel::attachesDroppedFiles()
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"a.txt"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write("hello"), 5);
    file.close();
    Panel p;
    p.panel.attach({file.fileName()});
    QTRY_COMPARE(p.panel.draft().message.attachments.size(), 1);
    QCOMPARE(p.panel.draft().message.attachments[0].size, 5);
    p.panel.undoStack().undo();
    QCOMPARE(p.panel.draft().message.attachments.size(), 0);
}

void TestComposePanel::tellsWhatCannotBeAttached()
{
    Panel p;
    p.panel.attach({u"/dev/zero"_s, u"/nonexistent/file"_s});
    QTRY_VERIFY(p.panel.findChild<Widgets::MessageBar *>()
        && p.panel.findChild<Widgets::MessageBar *>()->isVisible());
    QCOMPARE(p.panel.draft().message.attachments.size(), 0);
}

void TestComposePanel::makesImagesInline()
{
    QTemporaryDir dir;
    QImage image(4, 4, QImage::Format_RGB32);
    image.fill(Qt::blue);
    QVERIFY(image.save(dir.filePath(u"logo.png"_s)));
    Panel p;
    p.panel.attach({dir.filePath(u"logo.png"_s)});
    QTRY_COMPARE(p.panel.draft().message.attachments.size(), 1);
    QListView *list = nullptr;
    for (QListView *one : p.panel.findChildren<QListView *>()) {
        if (one->accessibleName() == u"Attachments"_s)
            list = one;
    }
    QVERIFY(list);
    list->setCurrentIndex(list->model()->index(0, 0));
    QToolButton *button = nullptr;
    for (QToolButton *one : p.panel.findChildren<QToolButton *>()) {
        if (one->text() == u"Inline"_s)
            button = one;
    }
    QVERIFY(button && button->isEnabled());
    QTest::mouseClick(button, Qt::LeftButton);
    const Mime::MessageDraft draft = p.panel.draft().message;
    QCOMPARE(draft.attachments[0].contentId, "logo.png@mailgauge"_ba);
    QVERIFY(draft.html.contains(u"cid:logo.png@mailgauge"_s));
}

void TestComposePanel::headersAreSent()
{
    Panel p;
    p.panel.setDraft(Compose::welcomeDraft());
    p.part<QTabWidget>(u"composeTabs"_s)->setCurrentIndex(2);
    auto *table = p.part<QTableView>(u"headersTable"_s);
    table->model()->setData(table->model()->index(0, 0), u"X-Campaign"_s);
    table->model()->setData(table->model()->index(0, 1), u"spring"_s);
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    p.panel.send();
    const auto composition = sent.value(0).value(0).value<Composition>();
    QCOMPARE(composition.draft.headers, (QList<Mime::HeaderField> {{"X-Campaign", u"spring"_s}}));
    QCOMPARE(p.part<QTabWidget>(u"composeTabs"_s)->tabText(2), u"Headers (1)"_s);
}

void TestComposePanel::wrongHeaderStopsTheSend()
{
    Panel p;
    Compose::Draft draft = Compose::welcomeDraft();
    draft.message.headers = {{"Bcc", u"hidden@example.org"_s}};
    p.panel.setDraft(draft);
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    p.panel.send();
    QCOMPARE(sent.size(), 0);
    QCOMPARE(p.part<QTabWidget>(u"composeTabs"_s)->currentIndex(), 2);
}

void TestComposePanel::previewBlocksAndLists()
{
    Panel p;
    Compose::Draft draft = Compose::welcomeDraft();
    draft.message.html = u"<p>Hi</p><img src='https://tracker.example/p.gif'>"_s;
    p.panel.setDraft(draft);
    p.part<QTabWidget>(u"composeTabs"_s)->setCurrentIndex(1);
    QTRY_VERIFY(p.panel.findChild<QWidget *>(u"simplePreview"_s)
        || p.panel.findChild<QWidget *>(u"webPreview"_s));
    Widgets::MessageBar *bar = nullptr;
    const auto blockedBar = [&] {
        for (Widgets::MessageBar *one : p.panel.findChildren<Widgets::MessageBar *>()) {
            if (one->isVisible() && one->text().contains(u'1'))
                bar = one;
        }
        return bar != nullptr;
    };
    QTRY_VERIFY(blockedBar());
    QTest::mouseClick(bar->findChild<QPushButton *>(), Qt::LeftButton);
    QVERIFY(p.panel.findChild<QListWidget *>()->isVisible());
    QCOMPARE(
        p.panel.findChild<QListWidget *>()->item(0)->text(), u"https://tracker.example/p.gif"_s);
}

void TestComposePanel::sourceShowsTheMessage()
{
    Panel p;
    p.panel.setDraft(Compose::welcomeDraft());
    p.part<QTabWidget>(u"composeTabs"_s)->setCurrentIndex(3);
    auto *source = p.part<QPlainTextEdit>(u"sourceText"_s);
    QTRY_VERIFY(source->toPlainText().contains(u"Subject: A first message"_s));
    QVERIFY(source->toPlainText().contains(u"multipart/alternative"_s));
    QVERIFY(source->isReadOnly());
}

void TestComposePanel::opensAndSavesMessages()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(u"m.eml"_s);
    {
        Panel p(dir.path());
        p.panel.setDraft(Compose::welcomeDraft());
        p.panel.saveTo(path);
        QTRY_VERIFY(QFile::exists(path));
        QTRY_VERIFY(p.panel.findChild<Widgets::MessageBar *>());
    }
    Panel p(dir.path());
    p.panel.openFiles({path});
    QTRY_COMPARE(p.panel.draft().message.subject, Compose::welcomeDraft().message.subject);
    p.panel.openFiles({u"/nonexistent.eml"_s});
    QTRY_VERIFY(!p.bars().filter(u"nonexistent.eml"_s).isEmpty());
}

void TestComposePanel::takesMailto()
{
    Panel p;
    p.panel.setDraft(Compose::welcomeDraft());
    p.panel.openMailto(QUrl(u"mailto:x@example.org?subject=Hi&attach=/etc/passwd"_s));
    const Mime::MessageDraft draft = p.panel.draft().message;
    QCOMPARE(draft.to, u"x@example.org"_s);
    QCOMPARE(draft.subject, u"Hi"_s);
    QCOMPARE(draft.from, Compose::welcomeDraft().message.from);
    QVERIFY(draft.attachments.isEmpty());
}

void TestComposePanel::recoversAfterACrash()
{
    QTemporaryDir dir;
    {
        Compose::DraftJournal journal(dir.filePath(u"drafts"_s), [] {
            Compose::Draft draft;
            draft.message.subject = u"half written"_s;
            return draft;
        });
        journal.touch();
        QVERIFY(journal.flush());
    }
    Panel p(dir.path());
    p.panel.recover();
    auto *bar = p.panel.findChild<Widgets::MessageBar *>();
    QVERIFY(bar && bar->isVisible());
    QVERIFY(p.panel.draft().message.subject.isEmpty());
    QTest::mouseClick(bar->findChildren<QPushButton *>().first(), Qt::LeftButton);
    QCOMPARE(p.panel.draft().message.subject, u"half written"_s);
}

void TestComposePanel::discardsAfterACrash()
{
    QTemporaryDir dir;
    {
        Compose::DraftJournal journal(dir.filePath(u"drafts"_s), [] { return Compose::Draft(); });
        journal.touch();
        QVERIFY(journal.flush());
    }
    const QDir drafts(dir.filePath(u"drafts"_s));
    const QStringList crashed = drafts.entryList({u"*.draft"_s}, QDir::Files);
    QCOMPARE(crashed.size(), 1);
    Panel p(dir.path());
    p.panel.recover();
    p.click(u"Discard"_s);
    // A slip of the hand is no loss.
    p.click(u"Undo"_s);
    p.click(u"Discard"_s);
    QVERIFY(p.panel.keepForNextTime());
    QVERIFY(!drafts.exists(crashed.first()));
}

void TestComposePanel::offersEveryCrashBesideTheOrderlyEnd()
{
    QTemporaryDir dir;
    const auto leave = [&](const QString &subject, bool inOrder) {
        Compose::DraftJournal journal(dir.filePath(u"drafts"_s), [subject] {
            Compose::Draft draft;
            draft.message.subject = subject;
            return draft;
        });
        journal.touch();
        QVERIFY(journal.flush());
        if (inOrder)
            QVERIFY(journal.close());
    };
    leave(u"crashed"_s, false);
    leave(u"in order"_s, true);
    // The offer may be ignored: it comes again.
    for (int run = 0; run < 2; ++run) {
        Panel p(dir.path());
        p.panel.recover();
        QCOMPARE(p.panel.draft().message.subject, u"in order"_s);
        QCOMPARE(p.bars().filter(u"“crashed”"_s).size(), 1);
        QVERIFY(p.panel.keepForNextTime());
    }
    Panel p(dir.path());
    p.panel.recover();
    p.click(u"Restore"_s);
    QCOMPARE(p.panel.draft().message.subject, u"crashed"_s);
    p.click(u"Undo"_s);
    QCOMPARE(p.panel.draft().message.subject, u"in order"_s);
}

void TestComposePanel::whatIsReplacedComesBack_data()
{
    QTest::addColumn<int>("by");
    QTest::newRow("a new message") << 0;
    QTest::newRow("a file") << 1;
    QTest::newRow("octets") << 2;
    QTest::newRow("a link") << 3;
}

void TestComposePanel::whatIsReplacedComesBack()
{
    QFETCH(int, by);
    QTemporaryDir dir;
    const QByteArray mail
        = "From: a@example.org\r\nTo: b@example.net\r\nSubject: other\r\n\r\nx\r\n"_ba;
    QFile file(dir.filePath(u"m.eml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(mail) == mail.size());
    file.close();
    Panel p(dir.path());
    p.panel.recover();
    // The first message of all was not written by anybody: no word about it.
    p.panel.newMessage();
    QVERIFY(p.bars().isEmpty());
    p.type(u"subject"_s, u"mine"_s);
    const Compose::Draft mine = p.panel.draft();
    switch (by) {
    case 0:
        p.panel.newMessage();
        break;
    case 1:
        p.panel.openFiles({file.fileName()});
        break;
    case 2:
        p.panel.openMessage(mail);
        break;
    default:
        p.panel.openMailto(QUrl(u"mailto:b@example.net?subject=other"_s));
    }
    QTRY_COMPARE_NE(p.panel.draft().message.subject, u"mine"_s);
    QTRY_COMPARE(p.bars().size(), 1);
    p.click(u"Undo"_s);
    QVERIFY(p.panel.draft() == mine);
    QVERIFY(p.bars().isEmpty());
}

void TestComposePanel::undoOfAReplacementLosesNothing()
{
    Panel p;
    p.type(u"subject"_s, u"mine"_s);
    p.panel.newMessage();
    p.type(u"subject"_s, u"newer"_s);
    p.click(u"Undo"_s);
    QCOMPARE(p.panel.draft().message.subject, u"mine"_s);
    p.click(u"Undo"_s);
    QCOMPARE(p.panel.draft().message.subject, u"newer"_s);
}

void TestComposePanel::mailtoWithoutAnAddressIsTold()
{
    Panel p;
    p.type(u"subject"_s, u"mine"_s);
    p.panel.openMailto(QUrl(u"mailto:"_s));
    QCOMPARE(p.panel.draft().message.subject, u"mine"_s);
    QCOMPARE(p.bars().filter(u"mailto:name@example.org"_s).size(), 1);
}

void TestComposePanel::whatIsTypedIntoACellIsSent()
{
    Panel p;
    p.panel.setDraft(Compose::welcomeDraft());
    p.part<QTabWidget>(u"composeTabs"_s)->setCurrentIndex(2);
    auto *table = p.part<QTableView>(u"headersTable"_s);
    table->model()->setData(table->model()->index(0, 0), u"X-Campaign"_s);
    table->setCurrentIndex(table->model()->index(0, 1));
    table->edit(table->currentIndex());
    QTest::keyClicks(table->indexWidget(table->currentIndex()), u"spring"_s);
    QSignalSpy sent(&p.panel, &ComposePanel::sendRequested);
    p.panel.send();
    const auto composition = sent.value(0).value(0).value<Composition>();
    QCOMPARE(composition.draft.headers, (QList<Mime::HeaderField> {{"X-Campaign", u"spring"_s}}));
}

void TestComposePanel::completionIsUndone()
{
    Panel p;
    QVERIFY(Test::waitForActive(&p.panel));
    p.panel.setDraft(Compose::welcomeDraft());
    p.panel.send();
    p.type(u"to"_s, u"read"_s);
    auto *to = p.part<QLineEdit>(u"to"_s);
    auto *completer = to->findChild<QCompleter *>();
    QTRY_VERIFY(completer->popup()->isVisible());
    QTest::keyClick(completer->popup(), Qt::Key_Down);
    QTest::keyClick(completer->popup(), Qt::Key_Return);
    QCOMPARE(to->text(), u"Bob Reader <bob@example.net>"_s);
    QVERIFY(!completer->popup()->isVisible());
    QVERIFY(to->isUndoAvailable());
    to->undo();
    QCOMPARE(to->text(), u"read"_s);
}

void TestComposePanel::sourceIsBuiltOnceAMoment()
{
    Panel p;
    p.panel.setDraft(Compose::welcomeDraft());
    p.part<QTabWidget>(u"composeTabs"_s)->setCurrentIndex(3);
    auto *source = p.part<QPlainTextEdit>(u"sourceText"_s);
    QTRY_VERIFY(source->toPlainText().contains(u"Subject: A first message"_s));
    QTRY_COMPARE(QThreadPool::globalInstance()->activeThreadCount(), 0);
    p.type(u"subject"_s, u"twenty letters of it"_s);
    // No build for each letter.
    QCOMPARE_LE(QThreadPool::globalInstance()->activeThreadCount(), 1);
    QTRY_VERIFY(source->toPlainText().contains(u"Subject: twenty letters of it"_s));
}

void TestComposePanel::tooMuchPastedIsTold()
{
    Panel p;
    auto *data = new QMimeData;
    data->setText(u"0123456789\n"_s.repeated(400'000));
    QGuiApplication::clipboard()->setMimeData(data);
    auto *text = p.part<QPlainTextEdit>(u"textBody"_s);
    text->setPlainText(u"mine"_s);
    text->paste();
    QCOMPARE(text->toPlainText(), u"mine"_s);
    QCOMPARE(p.bars().filter(u"2 MiB"_s).size(), 1);
    QGuiApplication::clipboard()->setText(u"short"_s);
}

void TestComposePanel::everyControlHasAName()
{
    Panel p;
    p.panel.setDraft(Compose::welcomeDraft());
    auto *tabs = p.part<QTabWidget>(u"composeTabs"_s);
    for (int i = 0; i < tabs->count(); ++i) {
        tabs->setCurrentIndex(i);
        QTest::qWait(0);
        QCOMPARE(Test::namelessControls(&p.panel), QStringList());
    }
}

QTEST_MAIN(TestComposePanel)
#include "tst_composepanel.moc"
