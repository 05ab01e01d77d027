// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sessionexporter.h"

#include "base/literals.h"
#include "samplesession.h"
#include "testsupport.h"

#include <QBuffer>
#include <QCryptographicHash>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

constexpr std::array allFormats {
    ExportFormat::Text, ExportFormat::Ansi, ExportFormat::Html, ExportFormat::JsonLines};

QByteArray exported(
    const Test::SampleSession &session, ExportFormat format, const ExportOptions &options = {})
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    const auto result = SessionExporter::write(
        session.record, session.entries, format, options, buffer);
    return result ? buffer.data() : "failed"_ba;
}

Test::SampleSession sessionSaying(const QByteArray &text)
{
    Test::SampleSession session = Test::sampleSession();
    session.record.greeting = text;
    session.record.queueId = text;
    session.record.subject = QString::fromUtf8(text);
    session.record.recipients[0].reply->lines = {text};
    session.entries = {
        session.entries.constLast(), session.entries.constLast(), session.entries.constLast()};
    for (qsizetype i = 0; i < 3; ++i) {
        session.entries[i].n = i;
        session.entries[i].direction = static_cast<Direction>(i);
        session.entries[i].text = i == 1 ? "250 " + text : text;
    }
    return session;
}

/// SGR sequences of ours are the only escapes an ANSI export may hold.
QByteArray withoutSgr(const QByteArray &bytes)
{
    static const QRegularExpression sgr(u"\x1b\\[[0-9;]*m"_s);
    return QString::fromUtf8(bytes).remove(sgr).toUtf8();
}

bool isHarmless(const QByteArray &bytes)
{
    const QString text = QString::fromUtf8(bytes);
    return bytes.isValidUtf8() && std::ranges::all_of(text, [](QChar c) {
        return c == u'\n'
            || (c.category() != QChar::Other_Control && c.category() != QChar::Other_Format
                && c.category() != QChar::Separator_Line
                && c.category() != QChar::Separator_Paragraph);
    });
}

} // namespace

class TestTranscriptExport final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void golden_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("format");
        QTest::addColumn<int>("theme");
        QTest::addColumn<int>("colors");
        const auto row = [](const QString &name, ExportFormat format,
                             ExportOptions::Theme theme = ExportOptions::Theme::Auto,
                             ExportOptions::Colors colors = ExportOptions::Colors::Sixteen) {
            QTest::newRow(qPrintable(name)) << name << static_cast<int>(format)
                                            << static_cast<int>(theme) << static_cast<int>(colors);
        };
        row(u"session.txt"_s, ExportFormat::Text);
        row(u"session.ansi"_s, ExportFormat::Ansi);
        row(u"session256.ansi"_s, ExportFormat::Ansi, ExportOptions::Theme::Light,
            ExportOptions::Colors::TwoFiftySix);
        row(u"session.html"_s, ExportFormat::Html);
        row(u"session-dark.html"_s, ExportFormat::Html, ExportOptions::Theme::Dark);
        row(u"session.jsonl"_s, ExportFormat::JsonLines);
    }

    void golden()
    {
        QFETCH(QString, name);
        QFETCH(int, format);
        QFETCH(int, theme);
        QFETCH(int, colors);
        ExportOptions options;
        options.theme = static_cast<ExportOptions::Theme>(theme);
        options.colors = static_cast<ExportOptions::Colors>(colors);
        const QByteArray bytes = exported(
            Test::sampleSession(), static_cast<ExportFormat>(format), options);
        const QString difference = Test::compareGolden(u"transcript/"_s + name, bytes);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }

    void formatsByName()
    {
        QCOMPARE(exportFormatFromFileName(u"a/b.TXT"_s), ExportFormat::Text);
        QCOMPARE(exportFormatFromFileName(u"x.jsonl"_s), ExportFormat::JsonLines);
        QCOMPARE(exportFormatFromFileName(u"x.htm"_s), ExportFormat::Html);
        QVERIFY(!exportFormatFromFileName(u"x.pdf"_s));
        QVERIFY(!exportFormatFromFileName(u"txt"_s));
    }

    void elapsed()
    {
        QCOMPARE(elapsedText(0), u"00:00:00.000"_s);
        QCOMPARE(elapsedText(3'723'004'999), u"01:02:03.004"_s);
        QCOMPARE(elapsedText(-5), u"00:00:00.000"_s);
        QCOMPARE(elapsedText(360'000'000'000), u"100:00:00.000"_s);
    }

    void everyByteIsHarmless()
    {
        // faults B6, E7: each byte alone and all in one line, in every place a server can fill.
        QByteArray all;
        for (int value = 0; value < 256; ++value)
            all += static_cast<char>(value);
        QList<QByteArray> texts {all, "\xe2\x80\xae\xe2\x80\xa8\xef\xbb\xbf\xc2\x9b"_ba};
        for (int value = 0; value < 256; ++value)
            texts.append(QByteArray(3, static_cast<char>(value)));
        for (const QByteArray &text : std::as_const(texts)) {
            const auto session = sessionSaying(text);
            for (const ExportFormat format : {ExportFormat::Text, ExportFormat::JsonLines}) {
                const QByteArray bytes = exported(session, format);
                QVERIFY2(isHarmless(bytes), text.toHex().constData());
            }
        }
        const auto session = sessionSaying(all);
        QVERIFY(isHarmless(exported(session, ExportFormat::Html)));
        for (const auto colors :
            {ExportOptions::Colors::Sixteen, ExportOptions::Colors::TwoFiftySix}) {
            const QByteArray ansi = exported(session, ExportFormat::Ansi, {.colors = colors});
            QVERIFY(ansi.contains('\x1b'));
            QVERIFY(isHarmless(withoutSgr(ansi)));
        }
    }

    void oneRecordIsOneLine()
    {
        const auto session = sessionSaying("x\r\n00:00:09.999 S: 250 2.0.0 forged\r\n\n"_ba);
        QCOMPARE(exported(session, ExportFormat::JsonLines).count('\n'), 4);
        QByteArray text = exported(session, ExportFormat::Text);
        for (const QByteArray &line : text.split('\n'))
            QVERIFY2(line.isEmpty() || line.startsWith("# ") || line.startsWith("00:00:0"),
                line.constData());
        QVERIFY(!text.contains("\n00:00:09.999"));
        QCOMPARE(withoutSgr(exported(session, ExportFormat::Ansi)), text);
    }

    void ansiIsTextWithColors()
    {
        const auto session = Test::sampleSession();
        for (const auto colors :
            {ExportOptions::Colors::Sixteen, ExportOptions::Colors::TwoFiftySix})
            QCOMPARE(withoutSgr(exported(session, ExportFormat::Ansi, {.colors = colors})),
                exported(session, ExportFormat::Text));
    }

    void htmlIsInert_data()
    {
        QTest::addColumn<QByteArray>("payload");
        const QList<QByteArray> payloads {"<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>",
            "</title><script>x</script>", "</style><script>x</script>",
            "</div></main><iframe src=//e.example>", "<a href=javascript:x>y</a>", "&lt;script&gt;",
            "<meta http-equiv=refresh content=0>", "<!--", "]]>", "<plaintext>", "<base href=//e>",
            "<link rel=stylesheet href=//e.example/x>", "<form action=//e><input>",
            "\xc0\xbcscript\xc0\xbe", "+ADw-script+AD4-", "<\0script>"_ba,
            "<STYLE>@import'//e'</STYLE>", "<redacted: <script>x</script>>", "\\x3cscript\\x3e"};
        for (const QByteArray &payload : payloads)
            QTest::newRow(payload.constData()) << payload;
    }

    void htmlIsInert()
    {
        QFETCH(QByteArray, payload);
        auto session = sessionSaying(payload);
        session.record.host = QString::fromUtf8(payload);
        const QByteArray html = exported(session, ExportFormat::Html);
        // Only elements of ours, none with an attribute that runs or loads.
        static const QRegularExpression tag(u"<[^>]*>"_s);
        static const QRegularExpression allowed(
            u"^</"
            u"?(html|head|meta|title|style|body|main|h1|p|dl|dt|dd|table|thead|tbody|tr|th|td|div|"
            u"span|footer)"
            "( (lang|charset|name|content|class|dir|http-equiv)=\"[^\"]*\")*>$|^<!DOCTYPE html>$"_s);
        auto tags = tag.globalMatch(QString::fromUtf8(html));
        while (tags.hasNext()) {
            const QString one = tags.next().captured();
            QVERIFY2(allowed.match(one).hasMatch(), qPrintable(one));
        }
        QCOMPARE(html.count("<meta "), 4);
    }

    void htmlAllowsItsOwnStyleOnly()
    {
        for (const auto theme : {ExportOptions::Theme::Auto, ExportOptions::Theme::Light}) {
            const QByteArray html = exported(
                Test::sampleSession(), ExportFormat::Html, {.theme = theme});
            const qsizetype from = html.indexOf("<style>") + 7;
            const QByteArray css = html.sliced(from, html.indexOf("</style>") - from);
            const QByteArray hash
                = QCryptographicHash::hash(css, QCryptographicHash::Sha256).toBase64();
            QVERIFY(html.contains("default-src 'none'; style-src 'sha256-" + hash + '\''));
            QVERIFY(!css.contains("url(") && !css.contains("@import"));
            QCOMPARE(css.contains("prefers-color-scheme"), theme == ExportOptions::Theme::Auto);
        }
    }

    void secretsOnlyWhereAskedFor()
    {
        const auto session = Test::sampleSession();
        for (const ExportFormat format : allFormats) {
            QVERIFY(!exported(session, format).contains("AGFubmEAczNjcjN0"));
            const QByteArray shown = exported(session, format, {.showSecrets = true});
            QVERIFY(shown.contains("AGFubmEAczNjcjN0"));
            QVERIFY(!shown.contains("redacted: AUTH"));
        }
    }

    void fileIsWholeOrNotThere()
    {
        QTemporaryDir dir;
        const auto session = Test::sampleSession();
        const QString path = dir.filePath(u"a.txt"_s);
        QVERIFY(SessionExporter::writeFile(
            session.record, session.entries, ExportFormat::Text, {}, path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), exported(session, ExportFormat::Text));
        const auto full = SessionExporter::writeFile(
            session.record, session.entries, ExportFormat::Text, {}, u"/dev/full"_s);
        QVERIFY(!full);
        QCOMPARE(full.error().kind, Base::Error::Kind::Full);
    }
};

QTEST_GUILESS_MAIN(TestTranscriptExport)
#include "tst_transcriptexport.moc"
