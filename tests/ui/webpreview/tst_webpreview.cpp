// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/previewinterface.h"

#include <QImage>
#include <QPluginLoader>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QWidget>

using namespace Qt::StringLiterals;
using namespace Mailgauge::Compose;

namespace {
class Observer final : public PreviewObserver {
public:
    void resourceBlocked(const QUrl &url) override { blocked.append(url); }
    void linkClicked(const QUrl &url) override { links.append(url); }
    void limited(const QString &) override { }

    QList<QUrl> blocked;
    QList<QUrl> links;
};
} // namespace

class TestWebPreview final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void drawsTheMessage();
    void showsInlineParts();
    void asksForNothingRemote_data();
    void asksForNothingRemote();
    void opensNoLocalFile();
    void runsNoScript();
    void followsNoLink();

private:
    void show(const QString &html, const QHash<QByteArray, InlinePart> &parts = {});
    [[nodiscard]] bool pixelBecomes(QColor color, QPoint at = {20, 20});

    QPluginLoader m_loader;
    QWidget m_window;
    Observer m_observer;
    std::unique_ptr<PreviewWidget> m_view;
    QTcpServer m_server;
    int m_connections = 0;
};

void TestWebPreview::initTestCase()
{
    m_window.resize(400, 300);
    m_window.show();
    m_loader.setFileName(QStringLiteral(MAILGAUGE_WEBPREVIEW));
    auto *factory = qobject_cast<PreviewFactory *>(m_loader.instance());
    QVERIFY2(factory, qPrintable(m_loader.errorString()));
    m_view = factory->create(m_observer, &m_window);
    m_view->widget()->resize(400, 300);
    m_view->widget()->show();
    QVERIFY(m_server.listen(QHostAddress(QHostAddress::LocalHost)));
    connect(&m_server, &QTcpServer::newConnection, this, [this] { ++m_connections; });
}

void TestWebPreview::show(const QString &html, const QHash<QByteArray, InlinePart> &parts)
{
    m_observer.blocked.clear();
    m_observer.links.clear();
    m_view->setContent({html, parts});
}

bool TestWebPreview::pixelBecomes(QColor color, QPoint at)
{
    return QTest::qWaitFor(
        [&] { return m_view->widget()->grab().toImage().pixelColor(at) == color; }, 20'000);
}

void TestWebPreview::drawsTheMessage()
{
    show(u"<body style='margin:0;background:#00ff00'>"_s);
    QVERIFY(pixelBecomes(QColor(0, 255, 0)));
}

void TestWebPreview::showsInlineParts()
{
    QTemporaryDir dir;
    QImage image(60, 60, QImage::Format_RGB32);
    image.fill(QColor(0, 0, 255));
    const QString path = dir.filePath(u"a.png"_s);
    QVERIFY(image.save(path));
    show(u"<body style='margin:0'><img src='cid:logo@example.org'>"_s,
        {{"logo@example.org", {path, "image/png"}}});
    QVERIFY(pixelBecomes(QColor(0, 0, 255)));
    QCOMPARE(m_observer.blocked.size(), 0);
}

void TestWebPreview::asksForNothingRemote_data()
{
    QTest::addColumn<QString>("html");
    QTest::newRow("image") << u"<img src='%1'>"_s;
    QTest::newRow("style sheet") << u"<link rel=stylesheet href='%1'>"_s;
    QTest::newRow("import") << u"<style>@import url(%1);</style>"_s;
    QTest::newRow("background") << u"<div style='background:url(%1)'>x</div>"_s;
    QTest::newRow("font")
        << u"<style>@font-face{font-family:f;src:url(%1)}p{font-family:f}</style><p>x"_s;
    QTest::newRow("frame") << u"<iframe src='%1'></iframe>"_s;
    QTest::newRow("video") << u"<video src='%1' autoplay></video>"_s;
    QTest::newRow("refresh") << u"<meta http-equiv=refresh content='0;url=%1'>"_s;
    QTest::newRow("preconnect") << u"<link rel=preconnect href='%1'>"_s;
    QTest::newRow("prefetch") << u"<link rel=prefetch href='%1'>"_s;
    QTest::newRow("srcset") << u"<img srcset='%1 1x'>"_s;
}

void TestWebPreview::asksForNothingRemote()
{
    QFETCH(QString, html);
    const QString target = u"http://127.0.0.1:%1/x"_s.arg(m_server.serverPort());
    // What is drawn after the reference shows that the page was worked through.
    show(html.arg(target) + u"<style>body{margin:0;background:#ff00ff}</style>"_s);
    QVERIFY(pixelBecomes(QColor(255, 0, 255), QPoint(399, 299)));
    QCoreApplication::processEvents();
    QCOMPARE(m_connections, 0);
    static const QStringList asked {
        u"image"_s, u"style sheet"_s, u"import"_s, u"background"_s, u"video"_s, u"srcset"_s};
    if (asked.contains(QLatin1StringView(QTest::currentDataTag()))) {
        QVERIFY(QTest::qWaitFor([&] { return !m_observer.blocked.isEmpty(); }));
        QCOMPARE(m_observer.blocked.first(), QUrl(target));
    }
}

void TestWebPreview::opensNoLocalFile()
{
    QTemporaryDir dir;
    QImage image(400, 300, QImage::Format_RGB32);
    image.fill(QColor(255, 0, 0));
    const QString path = dir.filePath(u"secret.png"_s);
    QVERIFY(image.save(path));
    show(u"<body style='margin:0;background:#0000ff'><img src='file://%1'><img src='%1'>"_s.arg(
        path));
    QVERIFY(pixelBecomes(QColor(0, 0, 255), QPoint(399, 299)));
    QVERIFY(m_view->widget()->grab().toImage().pixelColor(20, 20) != QColor(255, 0, 0));
}

void TestWebPreview::runsNoScript()
{
    show(u"<body style='margin:0;background:#00ffff' "
         u"onload=\"document.body.style.background='red'\">"
         "<script>document.body.style.background='red'</script>"
         "<img src=x onerror=\"document.body.style.background='red'\">"_s);
    QVERIFY(pixelBecomes(QColor(0, 255, 255), QPoint(399, 299)));
}

void TestWebPreview::followsNoLink()
{
    const QString target = u"http://127.0.0.1:%1/click"_s.arg(m_server.serverPort());
    show(u"<body style='margin:0;background:#ffff00'><a href='%1' "
         "style='display:block;width:400px;height:300px'>x</a>"_s.arg(target));
    QVERIFY(pixelBecomes(QColor(255, 255, 0), QPoint(200, 200)));
    QWidget *inside = m_view->widget()->focusProxy();
    QVERIFY(inside);
    QTest::mouseClick(inside, Qt::LeftButton, {}, QPoint(200, 200));
    QVERIFY(QTest::qWaitFor([&] { return !m_observer.links.isEmpty(); }));
    QCOMPARE(m_observer.links.first(), QUrl(target));
    QCOMPARE(m_connections, 0);
}

QTEST_MAIN(TestWebPreview)
#include "tst_webpreview.moc"
