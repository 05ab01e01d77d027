// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "compose/inlineimages.h"
#include "compose/safedocument.h"
#include "compose/simplepreview.h"

#include <QBuffer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

#include <ctime>
#include <functional>

#include <sys/stat.h>

using namespace Mailgauge;
using namespace Mailgauge::Compose;

namespace {
class Observer final : public PreviewObserver {
public:
    void resourceBlocked(const QUrl &url) override { blocked.append(url); }
    void linkClicked(const QUrl &url) override { links.append(url); }
    void limited(const QString &sentence) override { why = sentence; }

    QList<QUrl> blocked;
    QList<QUrl> links;
    QString why;
};

QString tables(int depth)
{
    return u"<table><tr><td>"_s.repeated(depth) + u"x"_s + u"</td></tr></table>"_s.repeated(depth);
}

QByteArray png(const QSize &size)
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(Qt::red);
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return buffer.data();
}

// Milliseconds of processor time: what else the machine does must not decide.
qint64 timeOf(const std::function<void()> &work)
{
    const std::clock_t before = std::clock();
    work();
    return qint64(std::clock() - before) * 1000 / CLOCKS_PER_SEC;
}
} // namespace

class TestSimplePreview final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void q3QtItselfOpensLocalFiles();
    void q3OursOpensNone_data();
    void q3OursOpensNone();
    void q4QtItselfDoublesPerLevel();
    void q4OursStaysQuick_data();
    void q4OursStaysQuick();
    void ordinaryMailIsDrawn();
    void inlineImagesAreShown();
    void f4LargeImagesAreNot();
    void f6LinksAreTold();
};

// The traps themselves, measured again: when Qt changes, these fail and the guards may go.
void TestSimplePreview::q3QtItselfOpensLocalFiles()
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"a.png"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.write(png({20, 20})) > 0);
    file.close();
    QTextBrowser browser;
    browser.setHtml(u"<img src='file://%1'>"_s.arg(file.fileName()));
    const QVariant loaded = browser.document()->resource(
        QTextDocument::ImageResource, QUrl::fromLocalFile(file.fileName()));
    QVERIFY(loaded.isValid());
    QVERIFY(!loaded.toByteArray().isEmpty() || !loaded.value<QImage>().isNull());
}

void TestSimplePreview::q3OursOpensNone_data()
{
    QTest::addColumn<QString>("html");
    QTest::newRow("file image") << u"<img src='file://%1'>"_s;
    QTest::newRow("absolute path") << u"<img src='%1'>"_s;
    QTest::newRow("style import") << u"<style>@import url(file://%1);</style><p>x"_s;
    QTest::newRow("style sheet") << u"<link rel=stylesheet href='file://%1'><p>x"_s;
    QTest::newRow("background")
        << u"<body background='%1'><table background='%1'><tr><td>x</table>"_s;
    QTest::newRow("list image") << u"<ul style='list-style-image:url(file://%1)'><li>x</ul>"_s;
    QTest::newRow("UNC path") << u"<img src='\\\\127.0.0.1\\%1'>"_s;
    QTest::newRow("resource path") << u"<img src='qrc:%1'><img src=':%1'>"_s;
}

void TestSimplePreview::q3OursOpensNone()
{
    QFETCH(QString, html);
    // Opening this FIFO would block for ever: that the test ends is the proof.
    QTemporaryDir dir;
    const QString path = dir.filePath(u"pipe"_s);
    QCOMPARE(::mkfifo(QFile::encodeName(path).constData(), 0600), 0);
    Observer observer;
    SimplePreview preview(observer);
    preview.resize(400, 300);
    preview.show();
    preview.setContent({html.contains(u"%1"_s) ? html.replace(u"%1"_s, path) : html, {}});
    QVERIFY(!preview.grab().isNull());
    // Whatever Qt asked for was refused.
    for (const QUrl &url : std::as_const(observer.blocked)) {
        const QVariant given = preview.document()->resource(QTextDocument::StyleSheetResource, url);
        QVERIFY(given.toByteArray().trimmed().isEmpty());
    }
}

void TestSimplePreview::q4QtItselfDoublesPerLevel()
{
    const auto layoutOf = [](int depth) {
        return timeOf([depth] {
            QTextBrowser browser;
            browser.resize(400, 300);
            browser.setHtml(tables(depth));
            browser.show();
            (void)browser.grab();
        });
    };
    (void)layoutOf(4);
    const qint64 shallow = qMax<qint64>(1, layoutOf(9));
    const qint64 deep = layoutOf(13);
    // Four levels more: sixteen times as long, if it still doubles.
    QVERIFY2(deep > shallow * 4, qPrintable(u"%1 ms, %2 ms"_s.arg(shallow).arg(deep)));
}

void TestSimplePreview::q4OursStaysQuick_data()
{
    QTest::addColumn<QString>("html");
    QTest::addColumn<bool>("limited");
    QTest::newRow("F3 tables 1,000 deep") << tables(1000) << true;
    QTest::newRow("F3 tables 40 deep") << tables(40) << true;
    QTest::newRow("F3 unclosed tables") << u"<table><tr><td>"_s.repeated(1000) << true;
    QTest::newRow("F3 tables 6 deep") << tables(6) << false;
    QTest::newRow("F3 divs 5,000 deep") << QString(u"<div>"_s.repeated(5000) + u"x"_s) << false;
    QTest::newRow("F3 quotes 5,000 deep")
        << QString(u"<blockquote>"_s.repeated(5000) + u"x"_s) << false;
    QTest::newRow("F3 5 MB word") << QString(5'000'000, u'x') << true;
    QTest::newRow("F3 100 KB word") << QString(100'000, u'x') << true;
    QTest::newRow("F3 100,000 elements") << u"<p>x"_s.repeated(100'000) << true;
    QTest::newRow("F3 30,000 elements") << u"<b>x</b>"_s.repeated(30'000) << true;
    QTest::newRow("F3 lists 3,000 deep") << QString(u"<ul><li>"_s.repeated(3000) + u"x"_s) << false;
}

void TestSimplePreview::q4OursStaysQuick()
{
    QFETCH(QString, html);
    QFETCH(bool, limited);
    Observer observer;
    SimplePreview preview(observer);
    preview.resize(400, 300);
    preview.show();
    const qint64 took = timeOf([&] {
        preview.setContent({html, {}});
        (void)preview.grab();
    });
#ifdef MAILGAUGE_SANITIZED
    constexpr qint64 Budget = 1200; // sanitizers alone cost more than half of it
#else
    constexpr qint64 Budget = 200;
#endif
    qInfo("took %lld ms", static_cast<long long>(took));
    QCOMPARE_LT(took, Budget);
    if (limited)
        QVERIFY(!observer.why.isEmpty());
}

void TestSimplePreview::ordinaryMailIsDrawn()
{
    Observer observer;
    SimplePreview preview(observer);
    preview.setContent({u"<h1>Hello</h1><table><tr><td>cell</td></tr></table><p>end</p>"_s, {}});
    QVERIFY(observer.why.isEmpty());
    QVERIFY(preview.toPlainText().contains(u"cell"_s));
    QCOMPARE(tableDepth(*preview.document()), 1);
}

void TestSimplePreview::inlineImagesAreShown()
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"a.png"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(file.write(png({80, 80})) > 0);
    file.close();
    const QString data = u"data:image/png;base64,"_s + QString::fromLatin1(png({8, 8}).toBase64());
    Observer observer;
    SimplePreview preview(observer);
    preview.resize(400, 300);
    preview.show();
    preview.setContent({u"<body style='margin:0'><img src='cid:logo@x'><img src='%1'>"_s.arg(data),
        {{"logo@x", {file.fileName(), "image/png"}}}});
    QTRY_COMPARE(preview.grab().toImage().pixelColor(40, 40), QColor(Qt::red));
    QVERIFY(observer.blocked.isEmpty());
}

void TestSimplePreview::f4LargeImagesAreNot()
{
    QVERIFY(!decodeImage(png({4096, 4096})).isNull());
    QVERIFY(decodeImage(png({4097, 4096})).isNull());
    QVERIFY(decodeImage("<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd'/></svg>")
            .isNull());
    QVERIFY(decodeImage("GIF89a\xff\xff\xff\xff").isNull());
    QVERIFY(decodeImage({}).isNull());
}

void TestSimplePreview::f6LinksAreTold()
{
    Observer observer;
    SimplePreview preview(observer);
    preview.setContent({u"<a href='file:///etc/passwd'>https://bank.example</a>"_s, {}});
    Q_EMIT preview.anchorClicked(QUrl(u"file:///etc/passwd"_s));
    QCOMPARE(observer.links.size(), 1);
    QVERIFY(preview.toPlainText().contains(u"bank"_s));
}

QTEST_MAIN(TestSimplePreview)
#include "tst_simplepreview.moc"
