// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/secretmask.h"

#include "base/literals.h"

#include <QStringEncoder>
#include <QTest>

using namespace Mailgauge::Base;
using namespace Mailgauge;

namespace {

const QByteArray password = "S3cr%t+pä=ss"_ba;
const QByteArray hole = "<redacted: AUTH PLAIN>"_ba;

QByteArray masked(const QByteArray &text, const QByteArray &secret = password)
{
    SecretMask mask;
    mask.add(Secret(secret), "AUTH PLAIN");
    return mask.apply(text);
}

QByteArray utf16(QStringConverter::Encoding encoding)
{
    QStringEncoder encoder(encoding);
    return encoder.encode(QString::fromUtf8(password));
}

QByteArray everyByte(const char *prefix)
{
    QByteArray out;
    for (const char byte : password)
        out += prefix + QByteArray(1, byte).toHex().toUpper();
    return out;
}

} // namespace

class TestSecretMask final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void finds_data()
    {
        QTest::addColumn<QByteArray>("echo");
        const auto row = [](const char *name, const QByteArray &echo) {
            QTest::newRow(name) << echo;
        };
        row("as it is", password);
        row("hex", password.toHex());
        row("hex in capitals", password.toHex().toUpper());
        row("hex with colons", password.toHex(':'));
        row("hex with spaces", password.toHex(' '));
        row("percent where needed", password.toPercentEncoding());
        row("percent throughout", everyByte("%"));
        row("quoted-printable", "S3cr%t+p=C3=A4=3Dss"_ba);
        row("xtext", "S3cr%t+2Bp+C3+A4+3Dss"_ba);
        row("backslashes", everyByte("\\x"));
        row("utf-16le", utf16(QStringConverter::Utf16LE));
        row("utf-16be", utf16(QStringConverter::Utf16BE));
        row("utf-16le in hex", utf16(QStringConverter::Utf16LE).toHex());
        row("utf-16be in percent", utf16(QStringConverter::Utf16BE).toPercentEncoding());
    }

    void finds()
    {
        QFETCH(QByteArray, echo);
        QCOMPARE(
            masked("535 5.7.8 you said " + echo + " here"), "535 5.7.8 you said " + hole + " here");
        QCOMPARE(masked(echo), hole);
        // In UTF-16 the second begins within what the other byte order takes for the first.
        QVERIFY(masked(echo + echo) == hole + hole || masked(echo + echo) == hole);
    }

    void base64WhereverItBegins_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("itself") << password;
        QTest::newRow("utf-16le") << utf16(QStringConverter::Utf16LE);
        QTest::newRow("utf-16be") << utf16(QStringConverter::Utf16BE);
    }

    void base64WhereverItBegins()
    {
        // RFC 4616: the password comes behind two names of any length.
        QFETCH(QByteArray, value);
        for (qsizetype before = 0; before < 7; ++before) {
            for (qsizetype after = 0; after < 4; ++after) {
                const QByteArray whole = QByteArray(before, 'u') + value + QByteArray(after, '\0');
                for (const auto options :
                    {QByteArray::Base64Encoding | QByteArray::KeepTrailingEquals,
                        QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals}) {
                    const QByteArray text = masked("334 " + whole.toBase64(options));
                    QVERIFY(text.contains(hole));
                    // What is left decodes to nothing of the value.
                    for (const QByteArray &word : text.split(' ')) {
                        for (const QByteArray &part : word.split('<'))
                            QVERIFY(!value.contains(QByteArray::fromBase64(part))
                                || QByteArray::fromBase64(part).size() < 4);
                    }
                }
            }
        }
    }

    void leavesTheRest_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << ""_ba;
        QTest::newRow("ordinary") << "250 2.0.0 Ok: queued as 4XyZ01"_ba;
        QTest::newRow("nearly") << "535 S3cr%t+pä=s"_ba;
        QTest::newRow("cut escape") << "535 %"_ba;
        QTest::newRow("cut hex") << "535 " + password.toHex().chopped(1);
        QTest::newRow("all bytes") << [] {
            QByteArray all;
            for (int value = 0; value < 256; ++value)
                all += static_cast<char>(value);
            return all;
        }();
    }

    void leavesTheRest()
    {
        QFETCH(QByteArray, text);
        QCOMPARE(masked(text), text);
    }

    void shortValuesAreNotSearched()
    {
        QCOMPARE(masked("250 abc", "abc"), "250 abc"_ba);
        SecretMask mask;
        QVERIFY(mask.isEmpty());
        mask.add(Secret("abc"_ba), "x");
        QVERIFY(mask.isEmpty());
    }

    void overlappingValuesLeaveNothing()
    {
        SecretMask mask;
        mask.add(Secret("abcdef"_ba), "one");
        mask.add(Secret("defghi"_ba), "two");
        QCOMPARE(mask.apply("x abcdefghi y"), "x <redacted: one> y"_ba);
    }
};

QTEST_GUILESS_MAIN(TestSecretMask)
#include "tst_secretmask.moc"
