// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/entry.h"

#include "base/literals.h"
#include "transcript/sessionrecord.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

bool holdsHidden(const QString &text)
{
    return std::ranges::any_of(text, [](QChar c) {
        return c.category() == QChar::Other_Control || c.category() == QChar::Other_Format
            || c.category() == QChar::Separator_Line || c.category() == QChar::Separator_Paragraph;
    });
}

} // namespace

class TestEntry final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void names()
    {
        for (const Direction d : {Direction::Client, Direction::Server, Direction::Event})
            QCOMPARE(directionFromName(directionName(d)), d);
        QVERIFY(!directionFromName("Client"));
        QVERIFY(!directionFromName(""));
        QCOMPARE(wholeOutcomeName(WholeOutcome::Partial).toByteArray(), "partial"_ba);
        QCOMPARE(wholeOutcomeFromName("stopped"), WholeOutcome::Stopped);
        QVERIFY(!wholeOutcomeFromName("Stopped"));
    }

    void visible_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << "250 2.1.0 Ok"_ba << u"250 2.1.0 Ok"_s;
        QTest::newRow("utf-8 stays")
            << "gr\xc3\xbc\xc3\x9f dich \xf0\x9f\x93\xac"_ba << u"grüß dich 📬"_s;
        QTest::newRow("B6 escape") << "\x1b[31mred"_ba << u"\\x1b[31mred"_s;
        QTest::newRow("B6 tab and nul") << "a\tb\0c"_ba << u"a\\x09b\\x00c"_s;
        QTest::newRow("B6 bidi override") << "a\xe2\x80\xae"
                                             "b"_ba
                                          << u"a\\u202eb"_s;
        QTest::newRow("B6 zero width") << "a\xe2\x80\x8b"
                                          "b\xef\xbb\xbf"_ba
                                       << u"a\\u200bb\\ufeff"_s;
        QTest::newRow("B6 line separator") << "a\xe2\x80\xa8"
                                              "b"_ba
                                           << u"a\\u2028b"_s;
        QTest::newRow("B6 c1 control") << "a\xc2\x9b"
                                          "31m"_ba
                                       << u"a\\u009b31m"_s;
        QTest::newRow("B6 tag character") << "\xf3\xa0\x81\x81"_ba << u"\\u{e0041}"_s;
        QTest::newRow("B6 latin-1") << "caf\xe9!"_ba << u"caf\\xe9!"_s;
        QTest::newRow("rfc3629 overlong") << "\xc0\xaf"_ba << u"\\xc0\\xaf"_s;
        QTest::newRow("rfc3629 surrogate") << "\xed\xa0\x80"_ba << u"\\xed\\xa0\\x80"_s;
        QTest::newRow("rfc3629 beyond") << "\xf4\x90\x80\x80"_ba << u"\\xf4\\x90\\x80\\x80"_s;
        QTest::newRow("rfc3629 cut off") << "\xe2\x82"_ba << u"\\xe2\\x82"_s;
        QTest::newRow("empty") << ""_ba << u""_s;
    }

    void visible()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        QCOMPARE(visibleText(bytes), text);
    }

    void everyByte()
    {
        // faults B6: alone, between letters, and behind the first byte of a longer sequence.
        for (int value = 0; value < 256; ++value) {
            const char c = static_cast<char>(value);
            for (const QByteArray &bytes : {QByteArray(1, c), "a"_ba + c + "b", "\xe2"_ba + c,
                     "\xe2\x80"_ba + c, "\xf0\x90\x80"_ba + c, "\xc2"_ba + c}) {
                const QString text = visibleText(bytes);
                QVERIFY2(!holdsHidden(text), bytes.toHex().constData());
                QVERIFY(!text.isEmpty());
            }
        }
    }

    void everyCharacterIsKeptOrEscaped()
    {
        for (char32_t c = 0xa0; c <= 0x10ffff; ++c) {
            if (QChar::isSurrogate(c))
                continue;
            const QString one = QString::fromUcs4(&c, 1);
            const QString text = visibleText(one.toUtf8());
            QVERIFY2(!holdsHidden(text), QByteArray::number(static_cast<uint>(c), 16).constData());
            QVERIFY(text == one || text.startsWith("\\u"_L1));
        }
    }

    void redaction_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QList<Base::SecretSpan>>("spans");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<qsizetype>>("places");
        using Spans = QList<Base::SecretSpan>;
        using Places = QList<qsizetype>;
        QTest::newRow("none") << "NOOP"_ba << Spans {} << "NOOP"_ba << Places {};
        QTest::newRow("auth plain") << "AUTH PLAIN AGEAYg=="_ba << Spans {{11, 8, "AUTH PLAIN"}}
                                    << "AUTH PLAIN <redacted: AUTH PLAIN>"_ba << Places {11};
        QTest::newRow("whole line") << "c2VjcmV0"_ba << Spans {{0, 8, "AUTH LOGIN"}}
                                    << "<redacted: AUTH LOGIN>"_ba << Places {0};
        QTest::newRow("two, out of order") << "a11b22c"_ba << Spans {{4, 2, "Y"}, {1, 2, "X"}}
                                           << "a<redacted: X>b<redacted: Y>c"_ba << Places {1, 15};
        QTest::newRow("overlap") << "a1234b"_ba << Spans {{1, 3, "X"}, {2, 3, "X"}}
                                 << "a<redacted: X><redacted: X>b"_ba << Places {1, 14};
        QTest::newRow("inside another") << "a1234b"_ba << Spans {{1, 4, "X"}, {2, 1, "Y"}}
                                        << "a<redacted: X>b"_ba << Places {1};
        QTest::newRow("beyond the end")
            << "ab"_ba << Spans {{1, 9, "X"}, {7, 2, "Y"}} << "a<redacted: X>"_ba << Places {1};
    }

    void redaction()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QList<Base::SecretSpan>, spans);
        QFETCH(QByteArray, text);
        QFETCH(QList<qsizetype>, places);
        Entry entry;
        entry.text = redact(bytes, spans, &entry.redactions, false);
        QCOMPARE(entry.text, text);
        QList<qsizetype> found;
        for (const Redaction &redaction : std::as_const(entry.redactions)) {
            found += redaction.at;
            QVERIFY(redaction.kept.isEmpty());
        }
        QCOMPARE(found, places);
        QCOMPARE(revealed(entry), text);

        Entry kept;
        kept.text = redact(bytes, spans, &kept.redactions, true);
        QCOMPARE(kept.text, text);
        QCOMPARE(revealed(kept), bytes);
    }
};

QTEST_GUILESS_MAIN(TestEntry)
#include "tst_entry.moc"
