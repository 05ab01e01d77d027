// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/csv.h"

#include "base/literals.h"

#include <QTest>

using namespace Mailgauge;

class TestCsv final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cells_data()
    {
        QTest::addColumn<QString>("cell");
        QTest::addColumn<QByteArray>("written");
        QTest::newRow("plain") << u"abc"_s << "abc"_ba;
        QTest::newRow("empty") << QString() << ""_ba;
        QTest::newRow("comma") << u"a,b"_s << "\"a,b\""_ba;
        QTest::newRow("quote") << u"a\"b"_s << "\"a\"\"b\""_ba;
        QTest::newRow("line end") << u"a\nb"_s << "\"a\nb\""_ba;
        QTest::newRow("utf-8") << u"ä"_s << "ä"_ba;
        QTest::newRow("negative number") << u"-1.5"_s << "-1.5"_ba;
        QTest::newRow("G4 equals") << u"=1+1"_s << "'=1+1"_ba;
        QTest::newRow("G4 plus") << u"+A1"_s << "'+A1"_ba;
        QTest::newRow("G4 minus") << u"-A1"_s << "'-A1"_ba;
        QTest::newRow("G4 at") << u"@SUM(A1)"_s << "'@SUM(A1)"_ba;
        QTest::newRow("G4 tab") << u"\t=1"_s << "'\t=1"_ba;
        QTest::newRow("G4 CR") << u"\r=1"_s << "\"'\r=1\""_ba;
        QTest::newRow("G4 NUL") << QString(QChar::Null) + u"=1"_s << "'=1"_ba;
        QTest::newRow("G4 behind blanks") << u"  =1"_s << "'  =1"_ba;
        QTest::newRow("G4 behind a quote") << u"\"=1"_s << "\"'\"\"=1\""_ba;
        QTest::newRow("G4 full width") << u"＝1"_s << "'＝1"_ba;
        QTest::newRow("G4 number with a formula behind") << u"-1+cmd"_s << "'-1+cmd"_ba;
    }

    void cells()
    {
        QFETCH(QString, cell);
        QFETCH(QByteArray, written);
        QCOMPARE(Base::csv({{cell}}), written + "\r\n");
        QCOMPARE(Base::csv({{u"x"_s, cell}}), "x," + written + "\r\n");
    }
};

QTEST_GUILESS_MAIN(TestCsv)
#include "tst_csv.moc"
