// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "models/addressbook.h"
#include "models/attachmentsmodel.h"
#include "models/headersmodel.h"
#include "models/latestwriter.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUndoStack>

using namespace Mailgauge;
using Models::AddressBook;
using Models::AttachmentsModel;
using Models::HeadersModel;

namespace {
Mime::Attachment file(const QString &name, qint64 size)
{
    Mime::Attachment one;
    one.path = u"/tmp/"_s + name;
    one.fileName = name;
    one.mimeType = "image/png";
    one.size = size;
    return one;
}
} // namespace

class TestComposeModels final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void headersAreTypedIntoTheLastRow();
    void headersAreUndone();
    void headerProblems_data();
    void headerProblems();
    void attachmentsAreUndone();
    void inlinePartsGetAnId();
    void theNewestIsWrittenLast();
    void addressesThatCannotBeKeptAreTold();
    void addressesAreSplit_data();
    void addressesAreSplit();
    void addressesAreRemembered();
    void addressesAreBounded();
};

void TestComposeModels::headersAreTypedIntoTheLastRow()
{
    QUndoStack undo;
    HeadersModel model(undo);
    const QAbstractItemModelTester tester(
        &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 1);
    QVERIFY(!model.setData(model.index(0, 0), u"  "_s, Qt::EditRole));
    QVERIFY(model.setData(model.index(0, 0), u" X-Campaign "_s, Qt::EditRole));
    QVERIFY(model.setData(model.index(0, 1), u"spring"_s, Qt::EditRole));
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.fields(), (QList<Mime::HeaderField> {{"X-Campaign", u"spring"_s}}));
    model.removeField(0);
    QCOMPARE(model.rowCount(), 1);
}

void TestComposeModels::headersAreUndone()
{
    QUndoStack undo;
    HeadersModel model(undo);
    model.setData(model.index(0, 0), u"X-A"_s, Qt::EditRole);
    model.setData(model.index(0, 1), u"1"_s, Qt::EditRole);
    model.removeField(0);
    undo.undo();
    QCOMPARE(model.fields(), (QList<Mime::HeaderField> {{"X-A", u"1"_s}}));
    undo.undo();
    undo.undo();
    QVERIFY(model.fields().isEmpty());
    undo.redo();
    QCOMPARE(model.fields().first().name, "X-A"_ba);
}

void TestComposeModels::headerProblems_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QString>("value");
    QTest::addColumn<int>("column");
    QTest::newRow("well") << "X-A"_ba << u"ü"_s << -1;
    QTest::newRow("D3 CR LF in the value") << "X-A"_ba << u"1\r\nBcc: x@y"_s << 1;
    QTest::newRow("D3 NUL in the value") << "X-A"_ba << u"a"_s + QChar(u'\0') << 1;
    QTest::newRow("rfc5322 2.2 colon in the name") << "X:A"_ba << u"1"_s << 0;
    QTest::newRow("rfc5322 2.2 space in the name") << "X A"_ba << u"1"_s << 0;
    QTest::newRow("no name") << ""_ba << u"1"_s << 0;
    QTest::newRow("D9 a field of ours") << "bCC"_ba << u"x@y.example"_s << 0;
}

void TestComposeModels::headerProblems()
{
    QFETCH(QByteArray, name);
    QFETCH(QString, value);
    QFETCH(int, column);
    QUndoStack undo;
    HeadersModel model(undo);
    model.setFields({{name, value}});
    for (int c = 0; c < 2; ++c) {
        const QString why = model.index(0, c).data(HeadersModel::ProblemRole).toString();
        QCOMPARE(why.isEmpty(), c != column);
    }
    QCOMPARE(model.hasProblem(), column >= 0);
}

void TestComposeModels::attachmentsAreUndone()
{
    QUndoStack undo;
    AttachmentsModel model(undo);
    const QAbstractItemModelTester tester(
        &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.add({file(u"a.png"_s, 1000), file(u"b.png"_s, 24)});
    QCOMPARE(model.totalSize(), 1024);
    model.remove(0);
    QCOMPARE(model.attachments().size(), 1);
    undo.undo();
    QCOMPARE(model.attachments().size(), 2);
    undo.undo();
    QCOMPARE(model.rowCount(), 0);
    model.remove(5);
    QVERIFY(undo.canRedo());
}

void TestComposeModels::inlinePartsGetAnId()
{
    QUndoStack undo;
    AttachmentsModel model(undo);
    model.add({file(u"Bär & logo.png"_s, 1), file(u"Br logo.png"_s, 1)});
    QCOMPARE(model.setInline(0, true), "Brlogo.png@mailgauge"_ba);
    QCOMPARE(model.setInline(1, true), "2.Brlogo.png@mailgauge"_ba);
    QCOMPARE(model.index(0, 0).data(AttachmentsModel::InlineRole).toBool(), true);
    QVERIFY(model.setInline(0, false).isEmpty());
    undo.undo();
    QCOMPARE(model.attachments().first().contentId, "Brlogo.png@mailgauge"_ba);
}

void TestComposeModels::theNewestIsWrittenLast()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(u"kept"_s);
    const auto content = [&path] {
        QFile kept(path);
        return kept.open(QIODevice::ReadOnly) ? kept.readAll() : QByteArray();
    };
    Models::LatestWriter writer;
    QSignalSpy written(&writer, &Models::LatestWriter::written);
    for (int i = 0; i < 50; ++i)
        writer.write(path, [i] { return QByteArray::number(i); });
    QTRY_COMPARE(written.size(), 1);
    QCOMPARE(content(), "49"_ba);
    writer.write(path, [] { return "first"_ba; });
    writer.write(path, [] { return "last"_ba; });
    QVERIFY(writer.finish());
    QCOMPARE(content(), "last"_ba);
    writer.write(u"/proc/nowhere/kept"_s, [] { return "x"_ba; });
    QVERIFY(!writer.finish());
    {
        Models::LatestWriter shortLived;
        shortLived.write(path, [] { return "before the end"_ba; });
    }
    QCOMPARE(content(), "before the end"_ba);
}

void TestComposeModels::addressesThatCannotBeKeptAreTold()
{
    AddressBook book(u"/proc/nowhere/addresses.txt"_s);
    QSignalSpy failed(&book, &AddressBook::failed);
    book.remember(u"ann@example.org"_s);
    book.save();
    QTRY_COMPARE(failed.size(), 1);
}

void TestComposeModels::addressesAreSplit_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QStringList>("items");
    QTest::newRow("two") << u"a@x.example, B <b@y.example>"_s
                         << QStringList {u"a@x.example"_s, u"B <b@y.example>"_s};
    QTest::newRow("comma in quotes")
        << u"\"Doe, J\" <j@x.example>, b@y.example"_s
        << QStringList {u"\"Doe, J\" <j@x.example>"_s, u"b@y.example"_s};
    QTest::newRow("escaped quote")
        << uR"("a\",b" <j@x.example>)"_s << QStringList {uR"("a\",b" <j@x.example>)"_s};
    QTest::newRow("comma in a comment")
        << u"j@x.example (one, two)"_s << QStringList {u"j@x.example (one, two)"_s};
    QTest::newRow("empty items") << u" , ,a@x.example,"_s << QStringList {u"a@x.example"_s};
}

void TestComposeModels::addressesAreSplit()
{
    QFETCH(QString, field);
    QTEST(Models::splitAddresses(field), "items");
}

void TestComposeModels::addressesAreRemembered()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(u"addresses.txt"_s);
    {
        AddressBook book(path);
        book.remember(u"Ann <ann@example.org>, bob@example.net, nobody"_s);
        book.remember(u"bob@example.net"_s);
        // Written by a worker; the end waits for it.
        book.save();
    }
    AddressBook again(path);
    QCOMPARE(again.model().stringList(),
        QStringList({u"bob@example.net"_s, u"Ann <ann@example.org>"_s}));
    QCOMPARE(QFile::permissions(path)
            & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
        QFile::Permissions());
}

void TestComposeModels::addressesAreBounded()
{
    AddressBook book({});
    QStringList many;
    for (int i = 0; i < 2500; ++i)
        many.append(u"u%1@example.org"_s.arg(i));
    book.remember(many.join(u','));
    QCOMPARE(book.model().rowCount(), static_cast<int>(AddressBook::MaxAddresses));
    QCOMPARE(book.model().stringList().first(), u"u2499@example.org"_s);
}

QTEST_MAIN(TestComposeModels)
#include "tst_composemodels.moc"
