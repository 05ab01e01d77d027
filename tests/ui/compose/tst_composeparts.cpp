// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "compose/attachmentstrip.h"
#include "compose/draftjournal.h"
#include "compose/fieldproblems.h"
#include "compose/mailto.h"
#include "compose/messagefile.h"
#include "compose/messagetransfer.h"
#include "compose/remotereferences.h"
#include "explain/explain.h"
#include "models/attachmentsmodel.h"
#include "widgets/textlimits.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUndoStack>
#include <QUrl>

#include <sys/stat.h>

using namespace Mailgauge;
using namespace Mailgauge::Compose;

namespace {
Draft titled(const QString &subject)
{
    Draft draft;
    draft.message.subject = subject;
    return draft;
}

QString fileWith(const QTemporaryDir &dir, const QString &name, const QByteArray &bytes)
{
    QFile file(dir.filePath(name));
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? file.fileName()
                                                                                : QString();
}
} // namespace

class TestComposeParts final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mailto_data();
    void mailto();
    void remote_data();
    void remote();
    void remoteIsLinear();
    void draftsSurviveJson();
    void brokenJsonIsTold();
    void journalComesBackAfterACrash();
    void journalComesBackAfterAnOrderlyEnd();
    void journalOfARunningProgramIsLeftAlone();
    void journalFindsAllThatWasLeft();
    void journalKeepsWhatItAdoptsUntilItsOwnIsSafe();
    void journalClosesOnlyWhatIsWritten();
    void journalTellsWhereItCannotWrite();
    void problems_data();
    void problems();
    void savedMessagesOpenAgain();
    void aFifoIsNotOpened();
    void aDroppedFileIsCopied();
    void htmlFiles_data();
    void htmlFiles();
    void textAboveTheLimitIsNotOpened();
    void severalFilesAreSorted();
};

void TestComposeParts::mailto_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("cc");
    QTest::addColumn<QString>("subject");
    QTest::addColumn<QString>("text");
    const QString none;
    QTest::newRow("rfc6068 one address")
        << u"mailto:chris@example.com"_s << u"chris@example.com"_s << none << none << none;
    QTest::newRow("rfc6068 subject") << u"mailto:a@example.com?subject=current-issue"_s
                                     << u"a@example.com"_s << none << u"current-issue"_s << none;
    QTest::newRow("rfc6068 body with line breaks")
        << u"mailto:a@example.com?body=send%20current-issue%0D%0Asend%20index"_s
        << u"a@example.com"_s << none << none << u"send current-issue\nsend index"_s;
    QTest::newRow("rfc6068 two places for addresses")
        << u"mailto:a%2C%20b@example.com?to=c@example.com&CC=d@example.com"_s
        << u"a, b@example.com, c@example.com"_s << u"d@example.com"_s << none << none;
    QTest::newRow("rfc6068 UTF-8") << u"mailto:u@example.org?subject=caf%C3%A9"_s
                                   << u"u@example.org"_s << none << u"café"_s << none;
    QTest::newRow("plus is itself") << u"mailto:a+b@example.org?subject=1+1"_s
                                    << u"a+b@example.org"_s << none << u"1+1"_s << none;
    QTest::newRow("D3 line breaks in fields")
        << u"mailto:a@example.org?subject=x%0D%0ABcc:%20evil@example.org"_s << u"a@example.org"_s
        << none << u"x  Bcc: evil@example.org"_s << none;
    QTest::newRow("D12 attach")
        << u"mailto:a@example.org?attach=/etc/passwd&attachment=/etc/passwd"_s << u"a@example.org"_s
        << none << none << none;
    QTest::newRow("nothing") << u"mailto:"_s << none << none << none << none;
}

void TestComposeParts::mailto()
{
    QFETCH(QString, url);
    const Mime::MessageDraft draft = draftFromMailto(QUrl(url));
    QTEST(draft.to, "to");
    QTEST(draft.cc, "cc");
    QTEST(draft.subject, "subject");
    QTEST(draft.text, "text");
    QVERIFY(draft.attachments.isEmpty());
    QVERIFY(draft.headers.isEmpty());
    QVERIFY(draft.bcc.isEmpty());
}

void TestComposeParts::remote_data()
{
    QTest::addColumn<QString>("html");
    QTest::addColumn<QStringList>("found");
    const QStringList x {u"https://t.example/x"_s};
    QTest::newRow("image") << u"<img src=\"https://t.example/x\">"_s << x;
    QTest::newRow("image without quotes") << u"<IMG alt=1 SRC=https://t.example/x>"_s << x;
    QTest::newRow("without a scheme")
        << u"<img src='//t.example/x'>"_s << QStringList {u"//t.example/x"_s};
    QTest::newRow("backslashes") << u"<img src='\\\\t.example\\x'>"_s
                                 << QStringList {u"\\\\t.example\\x"_s};
    QTest::newRow("line break inside") << u"<img src='ht\ntps://t.example/x'>"_s << x;
    QTest::newRow("srcset") << u"<img srcset='https://t.example/x 1x, https://t.example/y 2x'>"_s
                            << QStringList {u"https://t.example/x"_s, u"https://t.example/y"_s};
    QTest::newRow("style") << u"<p style='background: url( \"https://t.example/x\" )'>"_s << x;
    QTest::newRow("import") << u"<style>@import 'https://t.example/x';</style>"_s << x;
    QTest::newRow("style sheet") << u"<link rel=stylesheet href='https://t.example/x'>"_s << x;
    QTest::newRow("svg") << u"<svg><image xlink:href='https://t.example/x'/></svg>"_s << x;
    QTest::newRow("form") << u"<form action='https://t.example/x'>"_s << x;
    QTest::newRow("each once") << u"<img src=https://t.example/x><img src=https://t.example/x>"_s
                               << x;
    QTest::newRow("a link is none") << u"<a href='https://t.example/x'>x</a>"_s << QStringList();
    QTest::newRow("inline is none")
        << u"<img src='cid:a@b'><img src='data:image/png;base64,AA'>"_s << QStringList();
    QTest::newRow("text is none") << u"<p>https://t.example/x</p>"_s << QStringList();
}

void TestComposeParts::remote()
{
    QFETCH(QString, html);
    QTEST(remoteReferences(html), "found");
}

void TestComposeParts::remoteIsLinear()
{
    const auto time = [](qsizetype n) {
        const QString html = u"<link "_s.repeated(n) + u"<img src=\""_s + u"url("_s.repeated(n);
        const qint64 before = Test::cpuNanoseconds();
        (void)remoteReferences(html);
        return Test::cpuNanoseconds() - before;
    };
    (void)time(1000);
    const auto small = time(4000);
    const auto large = time(40000);
    QVERIFY2(
        large < small * 40 + 200'000'000, qPrintable(u"%1 ns, then %2 ns"_s.arg(small).arg(large)));
}

void TestComposeParts::draftsSurviveJson()
{
    Draft draft;
    draft.message.from = u"Änn <ann@example.org>"_s;
    draft.message.to = u"b@example.net"_s;
    draft.message.cc = u"c@example.net"_s;
    draft.message.bcc = u"d@example.net"_s;
    draft.message.replyTo = u"r@example.net"_s;
    draft.message.subject = u"\u202e subject"_s;
    draft.message.text = u"line\nline"_s;
    draft.message.html = u"<p>"_s;
    draft.message.headers = {{"X-A", u"1"_s}, {"X-A", u"2"_s}};
    Mime::Attachment file;
    file.path = u"/tmp/x"_s;
    file.fileName = u"x"_s;
    file.mimeType = "image/png";
    file.contentId = "a@b";
    file.size = (qint64(1) << 53) + 1;
    file.modified = QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5, 678), QTimeZone::utc());
    file.sha256 = "ab";
    draft.message.attachments = {file};
    draft.reversePath = u"bounce@example.org"_s;
    draft.nullReversePath = true;
    draft.forwardPaths = u"z@example.net"_s;
    const auto back = draftFromJson(draftToJson(draft));
    QVERIFY(back);
    QCOMPARE(back->message, draft.message);
    QVERIFY(*back == draft);
}

void TestComposeParts::brokenJsonIsTold()
{
    QCOMPARE(draftFromJson("").error().kind, Base::Error::Kind::Corrupt);
    QCOMPARE(draftFromJson("[1,2]").error().kind, Base::Error::Kind::Corrupt);
    QCOMPARE(draftFromJson(R"({"version":2})").error().kind, Base::Error::Kind::Unsupported);
    QCOMPARE(draftFromJson("["_ba.repeated(100'000)).error().kind, Base::Error::Kind::Corrupt);
    QVERIFY(draftFromJson(R"({"version":1,"from":7,"headers":[1,[2]],"attachments":["x"]})"));
}

void TestComposeParts::journalComesBackAfterACrash()
{
    QTemporaryDir dir;
    Draft draft;
    draft.message.subject = u"unsent"_s;
    {
        DraftJournal journal(dir.path(), [&] { return draft; });
        journal.touch();
        QVERIFY(journal.flush());
        // Destroyed without close(): what a crash leaves.
    }
    DraftJournal next(dir.path(), [] { return Draft(); });
    const auto found = next.leftBehind();
    QCOMPARE(found.size(), 1);
    QVERIFY(found[0].crashed);
    QCOMPARE(found[0].draft.message.subject, u"unsent"_s);
    next.forget(found[0]);
    QVERIFY(next.leftBehind().isEmpty());
}

void TestComposeParts::journalComesBackAfterAnOrderlyEnd()
{
    QTemporaryDir dir;
    {
        DraftJournal journal(dir.path(), [] {
            Draft draft;
            draft.message.subject = u"later"_s;
            return draft;
        });
        journal.touch();
        QVERIFY(journal.close());
    }
    DraftJournal next(dir.path(), [] { return Draft(); });
    const auto found = next.leftBehind();
    QCOMPARE(found.size(), 1);
    QVERIFY(!found[0].crashed);
    QCOMPARE(found[0].draft.message.subject, u"later"_s);
}

void TestComposeParts::journalOfARunningProgramIsLeftAlone()
{
    QTemporaryDir dir;
    DraftJournal running(dir.path(), [] { return Draft(); });
    running.touch();
    QVERIFY(running.flush());
    DraftJournal other(dir.path(), [] { return Draft(); });
    QVERIFY(other.leftBehind().isEmpty());
}

void TestComposeParts::journalFindsAllThatWasLeft()
{
    QTemporaryDir dir;
    const auto leave = [&](const QString &subject, bool inOrder) {
        DraftJournal journal(dir.path(), [subject] { return titled(subject); });
        journal.touch();
        QVERIFY(journal.flush());
        if (inOrder)
            QVERIFY(journal.close());
    };
    leave(u"crashed"_s, false);
    leave(u"in order"_s, true);
    DraftJournal next(dir.path(), [] { return Draft(); });
    QStringList subjects;
    for (const DraftJournal::Found &found : next.leftBehind())
        subjects.append(found.draft.message.subject + (found.crashed ? u" !"_s : QString()));
    subjects.sort();
    QCOMPARE(subjects, (QStringList {u"crashed !"_s, u"in order"_s}));
}

void TestComposeParts::journalKeepsWhatItAdoptsUntilItsOwnIsSafe()
{
    QTemporaryDir dir;
    {
        DraftJournal journal(dir.path(), [] { return titled(u"first"_s); });
        journal.touch();
        QVERIFY(journal.flush());
    }
    DraftJournal reader(dir.path(), [] { return Draft(); });
    const auto found = reader.leftBehind();
    QCOMPARE(found.size(), 1);
    // A disk that takes nothing: the old file stays.
    DraftJournal broken(u"/proc/nowhere"_s, [] { return titled(u"first"_s); });
    broken.adopt(found[0]);
    QVERIFY(!broken.flush());
    QVERIFY(QFile::exists(found[0].path));
    {
        DraftJournal next(dir.path(), [] { return titled(u"first"_s); });
        next.adopt(found[0]);
        QVERIFY(next.flush());
        QVERIFY(!QFile::exists(found[0].path));
    }
    QCOMPARE(reader.leftBehind().value(0).draft.message.subject, u"first"_s);
}

void TestComposeParts::journalClosesOnlyWhatIsWritten()
{
    DraftJournal journal(u"/proc/nowhere"_s, [] { return titled(u"x"_s); });
    QVERIFY(journal.close());
    journal.touch();
    const auto closed = journal.close();
    QVERIFY(!closed);
    QCOMPARE(closed.error().kind, Base::Error::Kind::Io);
}

void TestComposeParts::journalTellsWhereItCannotWrite()
{
    DraftJournal journal(u"/proc/nowhere"_s, [] { return Draft(); });
    QSignalSpy failed(&journal, &DraftJournal::failed);
    journal.touch();
    QVERIFY(!journal.flush());
    QVERIFY(!journal.flush());
    QCOMPARE(failed.size(), 1);
    DraftJournal nothing({}, [] { return Draft(); });
    nothing.touch();
    QVERIFY(nothing.flush());
}

void TestComposeParts::problems_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("named");
    QTest::newRow("well") << u"Ann <ann@example.org>, bob@example.net"_s << QString();
    QTest::newRow("empty") << u" "_s << QString();
    QTest::newRow("no domain") << u"bob@example.net, ann@"_s << u"ann@"_s;
    QTest::newRow("no at") << u"bob"_s << u"bob"_s;
    QTest::newRow("D1 control character") << u"a\u0001b@example.org"_s << u"a"_s;
}

void TestComposeParts::problems()
{
    QFETCH(QString, field);
    QFETCH(QString, named);
    const QString why = FieldProblems::addresses(field);
    QCOMPARE(why.isEmpty(), named.isEmpty());
    QVERIFY2(why.contains(named), qPrintable(why));
    QCOMPARE(FieldProblems::from(field).isEmpty(), named.isEmpty() && !field.trimmed().isEmpty());
}

void TestComposeParts::savedMessagesOpenAgain()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(u"m.eml"_s);
    Mime::MessageDraft draft;
    draft.from = u"Änn <ann@example.org>"_s;
    draft.to = u"bob@example.net"_s;
    draft.bcc = u"secret@example.net"_s;
    draft.subject = u"Grüße"_s;
    draft.text = u"one\ntwo\n"_s;
    draft.html = u"<p>one</p>\n"_s;
    draft.headers = {{"X-Campaign", u"spring"_s}};
    QVERIFY(saveMessage(draft, path));
    const auto opened = openMessage(path, dir.path());
    QVERIFY(opened);
    QCOMPARE(opened->from, draft.from);
    QCOMPARE(opened->subject, draft.subject);
    QCOMPARE(opened->text, draft.text);
    QCOMPARE(opened->html, draft.html);
    QVERIFY(opened->headers.contains(draft.headers.first()));
    QVERIFY2(opened->bcc.isEmpty(), "D9");
    QVERIFY(opened->messageId.isEmpty());
    const auto source = messageSource(draft, 100);
    QVERIFY(source);
    QCOMPARE(source->head.size(), 100);
    QVERIFY(source->size > 100);
}

void TestComposeParts::aFifoIsNotOpened()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(u"pipe.eml"_s);
    QCOMPARE(::mkfifo(QFile::encodeName(path).constData(), 0600), 0);
    const auto opened = openMessage(path, dir.path());
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, Base::Error::Kind::InvalidInput);
}

void TestComposeParts::aDroppedFileIsCopied()
{
    QUndoStack undo;
    Models::AttachmentsModel model(undo);
    AttachmentStrip strip(model);
    QSignalSpy chosen(&strip, &AttachmentStrip::filesChosen);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(u"/a/report.pdf"_s), QUrl(u"https://example.org/x"_s)});
    const Qt::DropActions offered = Qt::MoveAction | Qt::CopyAction;
    QDragEnterEvent enter({9, 9}, offered, &data, Qt::LeftButton, Qt::NoModifier);
    enter.setDropAction(Qt::MoveAction);
    QVERIFY(QCoreApplication::sendEvent(&strip, &enter));
    QVERIFY(enter.isAccepted());
    QDropEvent drop({9, 9}, offered, &data, Qt::LeftButton, Qt::NoModifier);
    // As a file manager proposes it; it deletes the file when told that it was moved.
    drop.setDropAction(Qt::MoveAction);
    QVERIFY(QCoreApplication::sendEvent(&strip, &drop));
    QVERIFY(drop.isAccepted());
    QCOMPARE(drop.dropAction(), Qt::CopyAction);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen[0][0].toStringList(), QStringList {u"/a/report.pdf"_s});
}

void TestComposeParts::htmlFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("html");
    QTest::addColumn<QString>("why");
    const QString none;
    QTest::newRow("UTF-8") << "<p>caf\xc3\xa9"_ba << u"<p>café"_s << none;
    QTest::newRow("UTF-8 with its mark") << "\xef\xbb\xbf<p>caf\xc3\xa9"_ba << u"<p>café"_s << none;
    QTest::newRow("Latin 1") << "<p>caf\xe9</p>"_ba << none << u"UTF-8"_s;
    QTest::newRow("cut inside a letter") << "<p>caf\xc3"_ba << none << u"UTF-8"_s;
    QTest::newRow("UTF-16") << QByteArray("\xff\xfe<\0p\0>\0", 8) << none << u"UTF-8"_s;
    QTest::newRow("empty") << ""_ba << none << u"empty"_s;
    QTest::newRow("as large as can be")
        << QByteArray(Widgets::MaxEditable, 'x') << QString(Widgets::MaxEditable, u'x') << none;
    QTest::newRow("too large") << QByteArray(Widgets::MaxEditable + 1, 'x') << none << u"2 MiB"_s;
    QTest::newRow("too many lines")
        << QByteArray(Widgets::MaxEditableLines + 1, '\n') << none << u"lines"_s;
}

void TestComposeParts::htmlFiles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, html);
    QFETCH(QString, why);
    QTemporaryDir dir;
    const auto read = readHtml(fileWith(dir, u"a.html"_s, bytes));
    QCOMPARE(read.value_or(QString()), html);
    if (!read) {
        const QString told = Explain::explain(read.error()).withNextStep();
        QVERIFY2(told.contains(why) && told.contains(u"a.html"_s), qPrintable(told));
    }
    QCOMPARE(read.has_value(), why.isEmpty());
}

void TestComposeParts::textAboveTheLimitIsNotOpened()
{
    QTemporaryDir dir;
    const QByteArray head = "From: a@example.org\r\nSubject: x\r\n\r\n"_ba;
    const auto opened = draftFromBytes(head + "0123456789\r\n"_ba.repeated(200'000), dir.path());
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, Base::Error::Kind::Full);
    QVERIFY(draftFromBytes(head + "0123456789\r\n"_ba.repeated(1000), dir.path()));
}

void TestComposeParts::severalFilesAreSorted()
{
    QTemporaryDir dir;
    const QByteArray mail = "From: a@example.org\r\nSubject: first\r\n\r\nx\r\n"_ba;
    const QString first = fileWith(dir, u"1.eml"_s, mail);
    const QString second = fileWith(dir, u"2.eml"_s, mail);
    const QString picture = fileWith(dir, u"a.png"_s, "x"_ba);
    MessageTransfer transfer(dir.path());
    QSignalSpy opened(&transfer, &MessageTransfer::opened);
    QSignalSpy files(&transfer, &MessageTransfer::filesChosen);
    QSignalSpy failed(&transfer, &MessageTransfer::failed);
    transfer.open({first, second, picture});
    // The second is told, and the picture waits for the message that it goes into.
    QCOMPARE(failed.size(), 1);
    QVERIFY(failed[0][1].toString().contains(u"2.eml"_s));
    QVERIFY(files.isEmpty());
    QTRY_COMPARE(files.size(), 1);
    QCOMPARE(opened.size(), 1);
    QCOMPARE(files[0][0].toStringList(), QStringList {picture});
}

QTEST_MAIN(TestComposeParts)
#include "tst_composeparts.moc"
