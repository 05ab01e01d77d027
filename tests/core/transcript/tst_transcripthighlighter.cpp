// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/highlighter.h"

#include "base/literals.h"

#include <KSyntaxHighlighting/State>

#include <QColor>
#include <QTest>

#include <cmath>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;

namespace {

/// Prints the stretches of a line as `Name[text]`, ordinary text bare.
class PrintSink final : public SpanSink {
public:
    explicit PrintSink(const QString &line)
        : m_line(line)
    {
    }
    void span(
        qsizetype offset, qsizetype length, const KSyntaxHighlighting::Format &format) override
    {
        m_gap = m_gap || offset != m_end;
        m_end = offset + length;
        const QString text = m_line.sliced(offset, length);
        m_out += format.name() == u"Text"_s ? text : format.name() + u'[' + text + u']';
    }
    [[nodiscard]] QString result() const { return m_out; }
    [[nodiscard]] bool isWhole() const { return !m_gap && m_end == m_line.size(); }

private:
    QString m_line;
    QString m_out;
    qsizetype m_end = 0;
    bool m_gap = false;
};

double channel(float value)
{
    const double c = static_cast<double>(value);
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &c)
{
    return 0.2126 * channel(c.redF()) + 0.7152 * channel(c.greenF()) + 0.0722 * channel(c.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
    return (light + 0.05) / (dark + 0.05);
}

} // namespace

class TestTranscriptHighlighter final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void resourcesAreThere()
    {
        QVERIFY(m_highlighting.definition().isValid());
        for (const Tone tone : {Tone::Light, Tone::Dark, Tone::HighContrast}) {
            QVERIFY(m_highlighting.theme(tone).isValid());
            QVERIFY(m_highlighting.theme(tone).name().startsWith("Mailgauge"_L1));
        }
    }

    void spans_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("spans");
        const auto row = [](const char *name, const QString &line, const QString &spans) {
            QTest::newRow(name) << line << spans;
        };
        row("command", u"C: EHLO mx.example.org"_s,
            u"Client Mark[C: ]Command[EHLO] mx.example.org"_s);
        row("lower case", u"C: ehlo x"_s, u"Client Mark[C: ]Command[ehlo] x"_s);
        row("mail", u"C: MAIL FROM:<a@b.example> SIZE=24 BODY=8BITMIME"_s,
            u"Client Mark[C: ]Command[MAIL FROM:]Address[<a@b.example>] Parameter[SIZE=]24 "
            "Parameter[BODY=]8BITMIME"_s);
        row("null reverse-path", u"C: MAIL FROM:<>"_s,
            u"Client Mark[C: ]Command[MAIL FROM:]Address[<>]"_s);
        row("auth", u"C: AUTH PLAIN <redacted: AUTH PLAIN>"_s,
            u"Client Mark[C: ]Command[AUTH] Mechanism[PLAIN] Redaction[<redacted: AUTH PLAIN>]"_s);
        row("redacted alone", u"C: <redacted: AUTH LOGIN>"_s,
            u"Client Mark[C: ]Redaction[<redacted: AUTH LOGIN>]"_s);
        row("no verb inside", u"C: RCPT TO:<data@quit.example>"_s,
            u"Client Mark[C: ]Command[RCPT TO:]Address[<data@quit.example>]"_s);
        row("verb with tail is none", u"C: DATABASE"_s, u"Client Mark[C: ]DATABASE"_s);
        row("no verbs in server text", u"S: 354 End data with <CR><LF>.<CR><LF>"_s,
            u"Server Mark[S: ]Reply 3[354] End data with Address[<CR><LF>].Address[<CR><LF>]"_s);
        row("2yz", u"S: 250 2.1.0 Sender ok"_s,
            u"Server Mark[S: ]Reply 2[250 ]Status 2[2.1.0] Sender ok"_s);
        row("unexpected", u"S! 550 5.1.1 x"_s,
            u"Unexpected Mark[S! ]Reply 5[550]Text 5[ ]Status 5[5.1.1]Text 5[ x]"_s);
        row("multiline", u"S: 220-mx.example"_s, u"Server Mark[S: ]Reply 2[220-]mx.example"_s);
        row("code only", u"S: 221"_s, u"Server Mark[S: ]Reply 2[221]"_s);
        row("4yz", u"S: 451 4.7.1 try again"_s,
            u"Server Mark[S: ]Reply 4[451]Text 4[ ]Status 4[4.7.1]Text 4[ try again]"_s);
        row("5yz", u"S: 550-5.1.1 <x@y.example> unknown"_s,
            u"Server Mark[S: ]Reply 5[550-]Status 5[5.1.1]Text 5[ ]Address[<x@y.example>]Text 5[ unknown]"_s);
        row("1yz", u"S: 150 x"_s, u"Server Mark[S: ]Reply 1[150] x"_s);
        row("capability", u"S: 250-SIZE 52428800"_s,
            u"Server Mark[S: ]Reply 2[250-]Capability[SIZE] 52428800"_s);
        row("capability, private", u"S: 250 XCLIENT NAME"_s,
            u"Server Mark[S: ]Reply 2[250 ]Capability[XCLIENT] NAME"_s);
        row("no capability in text", u"S: 250 ok, SIZE accepted"_s,
            u"Server Mark[S: ]Reply 2[250 ]ok, SIZE accepted"_s);
        row("no reply", u"S: SSH-2.0-OpenSSH"_s, u"Server Mark[S: ]SSH-2.0-OpenSSH"_s);
        row("not a code", u"S: 2500 x"_s, u"Server Mark[S: ]2500 x"_s);
        row("escape", uR"(S: 250 a\x1bb\u202e\u{e0041})"_s,
            uR"(Server Mark[S: ]Reply 2[250 ]aEscape[\x1b]bEscape[\u202e\u{e0041}])"_s);
        row("event", u"* closed"_s, u"Event Mark[* ]Event[closed]"_s);
        row("time", u"00:00:01.234 C: QUIT"_s,
            u"Time[00:00:01.234 ]Client Mark[C: ]Command[QUIT]"_s);
        row("comment", u"# Server: C: QUIT"_s, u"Comment[# Server: C: QUIT]"_s);
        row("mark inside", u"hello C: QUIT"_s, u"hello C: QUIT"_s);
    }

    void spans()
    {
        QFETCH(QString, line);
        QFETCH(QString, spans);
        Highlighter highlighter(m_highlighting);
        PrintSink sink(line);
        highlighter.highlight(line, sink);
        QCOMPARE(sink.result(), spans);
        QVERIFY(sink.isWhole());
    }

    void everyContextEndsWithItsLine()
    {
        // In an editor, lines follow each other with the state kept: it must be the initial one.
        class Stateful final : public KSyntaxHighlighting::AbstractHighlighter {
        public:
            KSyntaxHighlighting::State run(
                const QString &line, const KSyntaxHighlighting::State &state)
            {
                return highlightLine(line, state);
            }
            void applyFormat(int, int, const KSyntaxHighlighting::Format &) override { }
        };
        Stateful highlighter;
        highlighter.setDefinition(m_highlighting.definition());
        const auto initial = highlighter.run(u"# x"_s, {});
        for (const QString &line :
            {u"C: AUTH PLAIN"_s, u"C: AUTH"_s, u"S: 250-SIZE"_s, u"S: 250 "_s, u"S: 550 5.1.1 x"_s,
                u"* x"_s, u"other"_s, u"C: "_s, u""_s, u"C: MAIL FROM:<"_s})
            QVERIFY2(highlighter.run(line, initial) == initial, qPrintable(line));
    }

    void colors_data()
    {
        QTest::addColumn<int>("tone");
        QTest::newRow("light") << static_cast<int>(Tone::Light);
        QTest::newRow("dark") << static_cast<int>(Tone::Dark);
        QTest::newRow("high contrast") << static_cast<int>(Tone::HighContrast);
    }

    void colors()
    {
        // WCAG 2.1, 1.4.3 and, under high contrast, 1.4.6: every kind of text on the theme's paper;
        // no kind has a tint of its own.
        QFETCH(int, tone);
        const auto theme = m_highlighting.theme(static_cast<Tone>(tone));
        const QColor paper = QColor::fromRgba(
            theme.editorColor(KSyntaxHighlighting::Theme::BackgroundColor));
        for (const auto &format : m_highlighting.definition().formats()) {
            const double ratio = contrast(format.textColor(theme), paper);
            const double least = static_cast<Tone>(tone) == Tone::HighContrast ? 7 : 4.5;
            QVERIFY2(ratio >= least, qPrintable(format.name() + u' ' + QString::number(ratio)));
            QVERIFY2(!format.hasBackgroundColor(theme), qPrintable(format.name()));
        }
    }

    void classesDiffer_data() { colors_data(); }

    void classesDiffer()
    {
        QFETCH(int, tone);
        const auto theme = m_highlighting.theme(static_cast<Tone>(tone));
        QHash<QString, int> hues;
        for (const auto &format : m_highlighting.definition().formats())
            hues.insert(format.name(), format.textColor(theme).hslHue());
        const auto between = [&hues](const QString &name, int from, int to) {
            return hues.value(name) >= from && hues.value(name) <= to;
        };
        QVERIFY(between(u"Reply 2"_s, 110, 160)); // green
        QVERIFY(between(u"Reply 3"_s, 200, 230)); // blue
        QVERIFY(between(u"Reply 4"_s, 30, 50)); // amber
        QVERIFY(hues.value(u"Reply 5"_s) <= 10 || hues.value(u"Reply 5"_s) >= 350); // red
        QVERIFY(between(u"Command"_s, 250, 275)); // violet
        QVERIFY(between(u"Redaction"_s, 310, 330)); // magenta
    }

private:
    Highlighting m_highlighting;
};

QTEST_GUILESS_MAIN(TestTranscriptHighlighter)
#include "tst_transcripthighlighter.moc"
