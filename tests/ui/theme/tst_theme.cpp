// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/theme.h"

#include <QApplication>
#include <QPalette>
#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge::Theme;

namespace {

QPalette paletteOf(QColor base, QColor text)
{
    QPalette palette;
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::Text, text);
    return palette;
}

} // namespace

class TestTheme final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contrast()
    {
        QCOMPARE(contrastRatio(Qt::black, Qt::white), 21.0);
        QCOMPARE(contrastRatio(Qt::white, Qt::white), 1.0);
    }

    void readableOnEveryPalette_data()
    {
        QTest::addColumn<QColor>("base");
        QTest::addColumn<QColor>("text");
        QTest::addColumn<bool>("dark");
        QTest::newRow("white") << QColor(Qt::white) << QColor(Qt::black) << false;
        QTest::newRow("breeze light")
            << QColor(0xff, 0xff, 0xff) << QColor(0x23, 0x26, 0x29) << false;
        QTest::newRow("breeze dark")
            << QColor(0x14, 0x16, 0x18) << QColor(0xfc, 0xfc, 0xfc) << true;
        QTest::newRow("black") << QColor(Qt::black) << QColor(Qt::white) << true;
        QTest::newRow("sepia") << QColor(0xf4, 0xec, 0xd8) << QColor(0x33, 0x2a, 0x1c) << false;
    }

    void readableOnEveryPalette()
    {
        QFETCH(QColor, base);
        QFETCH(QColor, text);
        QFETCH(bool, dark);
        Theme theme;
        QApplication::setPalette(paletteOf(base, text));
        QCOMPARE(theme.isDark(), dark);
        for (const Role role : {Role::Accepted, Role::Deferred, Role::Rejected, Role::Uncertain,
                 Role::Client, Role::Server, Role::Event, Role::Muted, Role::Accent}) {
            const double ratio = contrastRatio(theme.color(role), base);
            QVERIFY2(ratio >= 4.5,
                qPrintable(
                    QString::number(static_cast<int>(role)) + u' ' + QString::number(ratio)));
        }
    }

    void highContrast()
    {
        // WCAG 2.1, 1.4.6.
        QApplication::setPalette(paletteOf(Qt::white, Qt::black));
        Theme theme;
        QVERIFY(!theme.isHighContrast());
        QApplication::setPalette(paletteOf(QColor(0x14, 0x16, 0x18), QColor(0xfc, 0xfc, 0xfc)));
        QTRY_VERIFY(theme.isDark());
        QVERIFY(!theme.isHighContrast());
        QApplication::setPalette(paletteOf(Qt::black, Qt::white));
        QTRY_VERIFY(theme.isHighContrast());
        for (const Role role : {Role::Accepted, Role::Deferred, Role::Rejected, Role::Uncertain,
                 Role::Client, Role::Server, Role::Event, Role::Muted, Role::Accent})
            QVERIFY(contrastRatio(theme.color(role), Qt::black) >= 7);
    }

    void tellsOfAChangedPalette()
    {
        QApplication::setPalette(paletteOf(Qt::white, Qt::black));
        Theme theme;
        QSignalSpy changed(&theme, &Theme::changed);
        const QColor before = theme.color(Role::Accepted);
        QApplication::setPalette(paletteOf(Qt::black, Qt::white));
        QTRY_VERIFY(!changed.isEmpty());
        QVERIFY(theme.isDark());
        QVERIFY(theme.color(Role::Accepted) != before);
    }

    void figuresOfEqualWidth()
    {
        const Theme theme;
        QCOMPARE(theme.tabularFont().featureValue("tnum"), 1U);
        QVERIFY(theme.tabularFont().family() == QApplication::font().family());
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
