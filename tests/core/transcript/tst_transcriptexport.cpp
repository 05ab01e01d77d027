// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sessionexporter.h"

#include "base/literals.h"
#include "samplesession.h"
#include "testsupport.h"

#include <QBuffer>
#include <QCryptographicHash>
#include <QJsonDocument>
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

/// Reads the page as an HTML parser does (a tag begins at each "<") and tells the first thing that
/// is not ours: an element, an attribute, a quote that ends too early.
QString foreignMarkup(const QByteArray &html)
{
    static const QStringList elements {u"html"_s, u"head"_s, u"meta"_s, u"title"_s, u"style"_s,
        u"body"_s, u"main"_s, u"h1"_s, u"p"_s, u"dl"_s, u"dt"_s, u"dd"_s, u"table"_s, u"thead"_s,
        u"tbody"_s, u"tr"_s, u"th"_s, u"td"_s, u"div"_s, u"span"_s, u"footer"_s};
    static const QStringList attributes {
        u"lang"_s, u"charset"_s, u"http-equiv"_s, u"content"_s, u"name"_s, u"class"_s, u"dir"_s};
    static const QRegularExpression tag(u"\\A</?([a-z0-9]+)((?:\\s+[a-z-]+=\"[^\"<>]*\")*)>"_s);
    static const QRegularExpression attribute(u"\\s+([a-z-]+)=\"([^\"]*)\""_s);
    static const QRegularExpression entity(u"\\A&(?:amp|lt|gt|quot|#39);"_s);
    const QString text = QString::fromUtf8(html).remove(u"<!DOCTYPE html>\n"_s);
    for (qsizetype at = 0; at < text.size(); ++at) {
        const QStringView rest = QStringView(text).sliced(at);
        if (rest.front() == u'&' && !entity.matchView(rest.left(8)).hasMatch())
            return u"entity "_s + rest.left(20).toString();
        if (rest.front() == u'>')
            return u"stray "_s + text.sliced(qMax(qsizetype(0), at - 20)).left(21);
        if (rest.front() != u'<')
            continue;
        const auto match = tag.matchView(rest.left(2000));
        if (!match.hasMatch() || !elements.contains(match.captured(1)))
            return u"element "_s + rest.left(40).toString();
        auto found = attribute.globalMatch(match.captured(2));
        while (found.hasNext()) {
            if (const auto one = found.next(); !attributes.contains(one.captured(1))
                && one.captured() != u" title=\"unexpected reply\""_s)
                return u"attribute "_s + one.captured();
        }
        at += match.capturedLength() - 1;
    }
    return {};
}

/// What servers say to those who show it as HTML without care.
QByteArrayList hostileTexts()
{
    QByteArrayList texts {"<script>alert(1)</script>"_ba, "<img src=x onerror=alert(1)>"_ba,
        "<svg/onload=alert(1)>"_ba, "\"><script>alert(1)</script>"_ba,
        "'><img src=x onerror=alert(1)>"_ba, "</style><script>alert(1)</script>"_ba,
        "</title><script>alert(1)</script>"_ba, "</div></main></body><iframe src=//x.example>"_ba,
        "<iframe srcdoc='<b>x</b>'>"_ba, "<a href=javascript:alert(1)>x</a>"_ba,
        "javascript:alert(1)"_ba, "<body onload=alert(1)>"_ba,
        "<meta http-equiv=refresh content=0>"_ba, "<base href=//x.example/>"_ba,
        "<form action=//x.example><input type=submit>"_ba, "<object data=x>"_ba, "<embed src=x>"_ba,
        "<link rel=stylesheet href=//x.example>"_ba, "<style>*{display:none}</style>"_ba,
        "<!-- x"_ba, "--><script>alert(1)</script>"_ba, "<![CDATA[<script>alert(1)</script>]]>"_ba,
        "<?xml version=\"1.0\"?>"_ba, "<%= 1 %>"_ba, "&lt;script&gt;"_ba, "&#60;script&#62;"_ba,
        "&#x3c;img&#x3e;"_ba, "&"_ba, "&amp"_ba, "\x3cscript\x3e"_ba, "\\u003cscript\\u003e"_ba,
        "+ADw-script+AD4-"_ba, "\xef\xbc\x9cscript\xef\xbc\x9e"_ba, "%3Cscript%3E"_ba,
        "<scr\0ipt>alert(1)</script>"_ba, "<\xe2\x80\x8bscript>"_ba, "\xc0\xbcscript\xc0\xbe"_ba,
        "<math><mtext><table><mglyph>"_ba, "<details open ontoggle=alert(1)>"_ba,
        "<video><source onerror=alert(1)>"_ba, "<marquee onstart=alert(1)>"_ba,
        "<template><script>x</script>"_ba, "<noscript><p title=\""_ba, "<textarea><script>"_ba,
        "<plaintext>"_ba, "<xmp>"_ba, "<div style=\"background:url(x)\">"_ba,
        "\" onmouseover=\"alert(1)"_ba, "' onfocus='alert(1)' autofocus='"_ba, "`${alert(1)}`"_ba,
        "{{constructor.constructor('alert(1)')()}}"_ba, "</span><span class=\"x"_ba,
        "\r\n\r\n<script>alert(1)</script>"_ba, "\x1b]8;;javascript:alert(1)\x07x\x1b]8;;\x07"_ba,
        "\x1b[2J\x1b[31m"_ba, "\xe2\x80\xae<gpj.exe"_ba, "\xe2\x80\xa8<b>\xe2\x80\xa9"_ba,
        "\xff\xfe<\0s\0>\0"_ba, QByteArray(3000, '<'), QByteArray("<b>").repeated(500)};
    return texts;
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
        row(u"session-light.html"_s, ExportFormat::Html, ExportOptions::Theme::Light);
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

    void whatTheUserNotedIsBelowItsLine()
    {
        auto sample = Test::sampleSession();
        const qint64 second = sample.entries[1].n;
        sample.record.marks = {{second, {true, u"ask <b>them</b>\nand \u202ewait"_s}},
            {sample.entries[3].n, {true, {}}}};
        const QByteArray text = exported(sample, ExportFormat::Text);
        const QByteArrayList lines = text.split('\n');
        const auto note = lines.indexOf("# Note: ask <b>them</b>\\x0aand \\u202ewait");
        QVERIFY2(note > 0, text.constData());
        QVERIFY(lines[note - 1].startsWith(elapsedText(sample.entries[1].us).toUtf8()));
        QCOMPARE(lines.count("# Marked"), 1);
        const QByteArray html = exported(sample, ExportFormat::Html);
        QVERIFY(html.contains("<div class=\"note\">Note: ask &lt;b&gt;them&lt;/b&gt;"));
        QCOMPARE(foreignMarkup(html), QString());
    }

    // Beside who speaks, in every form that people read; the others are as ever.
    void unexpectedRepliesAreMarked()
    {
        const auto sample = Test::sampleSession();
        const Entry &expected = sample.entries.at(23);
        const Entry &refused = sample.entries.at(24);
        const auto line = [](ExportFormat format, const Entry &entry) {
            return makeFormatter(format)->line(entry);
        };
        QCOMPARE(line(ExportFormat::Text, expected),
            "00:00:00.130 S: 250 2.1.5 <anna@example.net> recipient ok\n"_ba);
        QCOMPARE(line(ExportFormat::Text, refused),
            "00:00:00.130 S! 550 5.1.1 <nobody@example.net> no such user here\n"_ba);
        QVERIFY(line(ExportFormat::Ansi, refused).contains("\x1b[1;33mS! \x1b[0m"));
        QVERIFY(line(ExportFormat::Html, refused)
                .contains(
                    "<span class=\"s-unexpected-mark\" title=\"unexpected reply\">S! </span>"));
        QVERIFY(!line(ExportFormat::Html, expected).contains("unexpected"));
        // Where the code alone says nothing.
        Entry stray = expected;
        stray.unexpected = true;
        QVERIFY(line(ExportFormat::Html, stray).startsWith("<div class=\"unexpected\">"));
        QVERIFY(line(ExportFormat::JsonLines, refused).contains("\"unexpected\":true"));
        QVERIFY(!line(ExportFormat::JsonLines, expected).contains("unexpected"));
    }

    void severalSessionsAreOnePage()
    {
        const auto sample = Test::sampleSession();
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        QVERIFY(SessionExporter::write(
            {{sample.record, sample.entries.first(4)}, {sample.record, sample.entries.first(2)}},
            ExportFormat::Html, {}, buffer));
        QCOMPARE(foreignMarkup(buffer.data()), QString());
        QCOMPARE(buffer.data().count("<html"), 1);
        QCOMPARE(buffer.data().count("</html>"), 1);
        QCOMPARE(buffer.data().count("<h1>"), 2);
        QCOMPARE(buffer.data().count("<main>"), 1);
    }

    void htmlIsSelfContained()
    {
        const QByteArray html = exported(Test::sampleSession(), ExportFormat::Html);
        for (const QByteArray &word : {"http://"_ba, "https://"_ba, "url("_ba, "@import"_ba,
                 "src="_ba, "href="_ba, "<script"_ba, "<link"_ba, "style=\""_ba})
            QVERIFY2(!html.contains(word), word.constData());
        QVERIFY(html.contains("Content-Security-Policy\" content=\"default-src 'none'; style-src "
                              "'sha256-"));
        QVERIFY(html.contains("@media (prefers-color-scheme: dark)"));
        QVERIFY(html.contains("@media print"));
    }

    void hostileRepliesStayText_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const QByteArray &text : hostileTexts())
            QTest::newRow(text.toPercentEncoding().left(60).constData()) << text;
    }

    void hostileRepliesStayText()
    {
        QFETCH(QByteArray, text);
        auto session = sessionSaying(text);
        session.record.host = QString::fromUtf8(text);
        session.record.messageId = text;
        session.record.tls->version = text;
        session.record.recipients[0].reply->lines = {text, text};
        for (const auto theme : {ExportOptions::Theme::Auto, ExportOptions::Theme::Dark}) {
            const QByteArray html = exported(session, ExportFormat::Html, {.theme = theme});
            QCOMPARE(foreignMarkup(html), QString());
            QVERIFY(isHarmless(html));
        }
        // In the other forms it stays one line, and text.
        QCOMPARE(exported(session, ExportFormat::Text).count('\n'),
            exported(sessionSaying("x"), ExportFormat::Text).count('\n'));
        for (const QByteArray &line : exported(session, ExportFormat::JsonLines).split('\n'))
            QVERIFY(line.isEmpty() || QJsonDocument::fromJson(line).isObject());
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

    void everyByteIsHarmlessE7()
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
