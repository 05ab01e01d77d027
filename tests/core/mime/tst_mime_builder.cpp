// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/builder.h"

#include "base/literals.h"
#include "mime/reader.h"

#include <QCryptographicHash>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace Mailgauge;
using namespace Qt::StringLiterals;
using Kind = Base::Error::Kind;

namespace {

/// Texts that break header writers.
QStringList naughtyStrings()
{
    QStringList texts {u""_s, u" "_s, u"plain"_s, u"Grüße aus Köln"_s, u"two  spaces   three"_s,
        u" leading"_s, u"trailing "_s, u"\ttab\tinside\t"_s, u"=?utf-8?q?not_a_word?="_s,
        u"a =?iso-8859-1?b?5A==?= b"_s, u"?=?= =?"_s,
        u"🙂🏳️‍🌈👩‍👩‍👧‍👦"_s, u"\u202Eright to left\u202C"_s,
        u"שלום עולם"_s, u"مرحبا بالعالم"_s, u"日本語の件名テスト"_s, u"zero\u200Bwidth\uFEFF"_s,
        u"\u2028line\u2029paragraph\u0085next"_s, u"\"quoted\" \\back\\slash"_s,
        u"<angle> (paren) [bracket] a@b, c; d:"_s, u"percent %s %n ${x} {{y}}"_s,
        u"\u0001\u0007\u001b[31m\u007f"_s, u"."_s, u".."_s, u"From me"_s, u"Bcc: b@example.org"_s,
        u"e\u0301 combining"_s, u"ﷺ"_s, u"İstanbul ıI"_s, QString(300, u'x'), QString(1500, u'x'),
        QString(300, u'ä'), u"word "_s.repeated(60) + u'.',
        u"Überlange Betreffzeile mit vielen Wörtern "_s.repeated(6),
        u"a"_s + QString(200, u' ') + u'b', u"🙂"_s.repeated(80), u"日本"_s.repeated(100),
        u"_under_score_ = ? equals"_s};
    return texts;
}

Mime::MessageDraft draft()
{
    Mime::MessageDraft d;
    d.from = u"Ann <ann@example.org>"_s;
    d.to = u"bob@example.net"_s;
    d.subject = u"Hello"_s;
    d.text = u"Hi\n"_s;
    d.date = QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5), QTimeZone::utc());
    return d;
}

QByteArray bytesOf(const Base::Content &content)
{
    if (content.file.isEmpty())
        return content.bytes;
    QFile file(content.file);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

/// Why the octets are no clean message; empty where they are.
QString wireFault(const QByteArray &bytes)
{
    qsizetype line = 0;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (c == '\0')
            return u"NUL at %1"_s.arg(i);
        if (c & 0x80)
            return u"8-bit octet at %1"_s.arg(i);
        if (c == '\n' && (i == 0 || bytes[i - 1] != '\r'))
            return u"bare LF at %1"_s.arg(i);
        if (c == '\r' && (i + 1 == bytes.size() || bytes[i + 1] != '\n'))
            return u"bare CR at %1"_s.arg(i);
        line = c == '\n' ? 0 : line + 1;
        if (line > 999)
            return u"line beyond 998 octets at %1"_s.arg(i);
    }
    return bytes.endsWith("\r\n") ? QString() : u"no final CRLF"_s;
}

QByteArray headerOf(const QByteArray &bytes)
{
    return bytes.first(bytes.indexOf("\r\n\r\n") + 2);
}

} // namespace

class TestBuilder final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void plainMessageIsExactly();
    void headerRoundTrip();
    void encodedWordsAreValidD8();
    void bodyRoundTrip();
    void displayNameRoundTrip();
    void fileNameRoundTripD4();
    void structure_data();
    void structure();
    void bccIsNeverWritten();
    void refuses_data();
    void refuses();
    void injectionNeverAddsAField_data();
    void injectionNeverAddsAField();
    void idnAddressIsAscii();
    void utf8LocalPartIsEightBit();
    void dateForm_data();
    void dateForm();
    void messageId();
    void attachmentFixed();
    void attachmentRefused_data();
    void attachmentRefused();
    void attachmentChanged_data();
    void attachmentChanged();
    void largeAttachmentIsStreamed();
    void threads();

private:
    QString write(const QString &name, const QByteArray &bytes)
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            return {};
        return file.fileName();
    }

    QTemporaryDir m_dir;
};

void TestBuilder::plainMessageIsExactly()
{
    Mime::MessageDraft d = draft();
    d.messageId = "id@example.org"_ba;
    d.headers = {{"X-Test"_ba, u"yes"_s}};
    const auto built = Mime::build(d, "host.example"_ba);
    QVERIFY(built);
    QCOMPARE(built->content.bytes,
        "Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n"
        "From: Ann <ann@example.org>\r\n"
        "To: bob@example.net\r\n"
        "Message-ID: <id@example.org>\r\n"
        "Subject: Hello\r\n"
        "X-Test: yes\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "Hi\r\n"_ba);
    QVERIFY(!built->content.eightBit);
    QCOMPARE(built->messageId, "id@example.org"_ba);
}

void TestBuilder::headerRoundTrip()
{
    for (const QString &text : naughtyStrings()) {
        Mime::MessageDraft d = draft();
        d.subject = text;
        d.headers = {{"X-First"_ba, text}, {"Comments"_ba, u"x"_s},
            {"X-Long-Name-"_ba + QByteArray(60, 'n'), text}};
        const auto built = Mime::build(d, "host.example"_ba);
        QVERIFY2(built, qPrintable(text));
        const QString fault = wireFault(built->content.bytes);
        QVERIFY2(fault.isEmpty(), qPrintable(text + u": "_s + fault));
        const Mime::ParsedMessage read = Mime::parse(built->content.bytes);
        QVERIFY2(read.malformed.isEmpty(), qPrintable(read.malformed));
        QCOMPARE(read.header("Subject"), text);
        QCOMPARE(read.header("X-First"), text);
        QCOMPARE(read.header("X-Long-Name-"_ba + QByteArray(60, 'n')), text);
        // Date From To Message-ID Subject, three further ones, MIME-Version, two of Content-*.
        QCOMPARE(read.headers.size(), 11);
        QCOMPARE(read.text, u"Hi\n"_s);
    }
}

void TestBuilder::encodedWordsAreValidD8()
{
    static const QRegularExpression word(u"=\\?([^?]+)\\?([bq])\\?([^? ]*)\\?="_s);
    int seen = 0;
    for (const QString &text : naughtyStrings()) {
        Mime::MessageDraft d = draft();
        d.subject = text;
        d.from = u"\""_s + QString(text).replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s)
            + u"\" <ann@example.org>"_s;
        const auto built = Mime::build(d, "host.example"_ba);
        QVERIFY2(built, qPrintable(text));
        const QByteArray header = headerOf(built->content.bytes);
        for (const QByteArray &line : header.split('\n')) {
            const QString shown = QString::fromLatin1(line.trimmed());
            auto words = word.globalMatch(shown);
            if (words.hasNext())
                QVERIFY2(line.trimmed().size() <= 76, line.constData());
            while (words.hasNext()) {
                const auto match = words.next();
                ++seen;
                QVERIFY2(match.capturedLength() <= 75, qPrintable(match.captured()));
                QByteArray payload = match.captured(3).toLatin1();
                if (match.captured(2) == u"b") {
                    payload = QByteArray::fromBase64(payload);
                } else {
                    payload.replace('_', ' ');
                    payload = QByteArray::fromPercentEncoding(payload, '=');
                }
                // D8: each word alone is whole characters.
                QVERIFY2(payload.isValidUtf8(), qPrintable(match.captured()));
            }
        }
    }
    QVERIFY(seen > 100);
}

void TestBuilder::bodyRoundTrip()
{
    QStringList bodies = naughtyStrings();
    bodies << u"a\r\nb\r\n"_s << u".\n..\n.\n"_s << u"From here\nFrom there\n"_s
           << u"trailing space \n\ttab\t\n"_s << u"bare\rCR\n"_s << u"\n\n\nempty lines\n\n"_s
           << QString(u"nul"_s + QChar(u'\0') + u"inside\n"_s) << QString(5000, u'y')
           << u"soft =\n=3D=\n"_s << u"--boundary\n--\n"_s;
    for (const QString &body : bodies) {
        Mime::MessageDraft d = draft();
        d.text = body;
        d.html = body.isEmpty() ? QString() : u"<p>"_s + body + u"</p>"_s;
        const auto built = Mime::build(d, "host.example"_ba);
        QVERIFY2(built, qPrintable(body));
        const QString fault = wireFault(built->content.bytes);
        QVERIFY2(fault.isEmpty(), qPrintable(body + u": "_s + fault));
        QVERIFY(!built->content.eightBit);
        const Mime::ParsedMessage read = Mime::parse(built->content.bytes);
        // Line ends become those of mail, and a last one is added where it is missing.
        const auto mailed = [](QString text) {
            text.replace(u"\r\n"_s, u"\n"_s);
            return text.isEmpty() || text.endsWith(u'\n') ? text : text + u'\n';
        };
        QCOMPARE(read.text, mailed(body));
        QCOMPARE(read.html, mailed(d.html));
    }
}

void TestBuilder::displayNameRoundTrip()
{
    for (const QString &name : naughtyStrings()) {
        Mime::MessageDraft d = draft();
        d.to = u"\""_s + QString(name).replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s)
            + u"\" <bob@example.net>, Zoë <z@example.net>"_s;
        d.cc = u"Team: a@example.org, \"x, y\" <b@example.org>;"_s;
        const auto built = Mime::build(d, "host.example"_ba);
        QVERIFY2(built, qPrintable(name + (built ? QString() : built.error().detail)));
        const Mime::ParsedMessage read = Mime::parse(built->content.bytes);
        const auto addresses = Mime::addressesOf(read.header("To"));
        QVERIFY2(addresses, qPrintable(read.header("To")));
        QCOMPARE(*addresses, QList({"bob@example.net"_ba, "z@example.net"_ba}));
        QVERIFY(read.header("To").endsWith(u"Zoë <z@example.net>"_s));
        QCOMPARE(read.header("Cc"), u"Team: a@example.org, \"x, y\" <b@example.org>;"_s);
        if (name == name.trimmed() && !name.isEmpty())
            QVERIFY2(read.header("To").contains(
                         QString(name).replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s)),
                qPrintable(read.header("To")));
    }
}

void TestBuilder::fileNameRoundTripD4()
{
    // D4: whatever the name, one part with exactly that name comes out.
    const QString path = write(u"data.bin"_s, "some\0bytes\r\n.\r\n"_ba);
    for (const QString &name : naughtyStrings()) {
        Mime::MessageDraft d = draft();
        auto attachment = Mime::attachmentFromFile(path);
        QVERIFY(attachment);
        attachment->fileName = name;
        d.attachments = {*attachment};
        const auto built = Mime::build(d, "host.example"_ba);
        QVERIFY2(built, qPrintable(name + (built ? QString() : built.error().detail)));
        const QString fault = wireFault(built->content.bytes);
        QVERIFY2(fault.isEmpty(), qPrintable(name + u": "_s + fault));
        const Mime::ParsedMessage read = Mime::parse(built->content.bytes);
        QCOMPARE(read.parts.size(), 2);
        // Readers, GMime too, decode encoded words even where RFC 2047 5 forbids them.
        if (!name.contains(u"=?"_s))
            QCOMPARE(read.parts[1].fileName, name);
        QCOMPARE(read.parts[1].disposition, "attachment"_ba);
        QCOMPARE(read.parts[1].body, QByteArray("some\0bytes\r\n.\r\n", 15));
    }
}

void TestBuilder::structure_data()
{
    QTest::addColumn<bool>("text");
    QTest::addColumn<bool>("html");
    QTest::addColumn<int>("inlined");
    QTest::addColumn<int>("attached");
    QTest::addColumn<QByteArray>("root");
    QTest::addColumn<QList<QByteArray>>("leaves");
    using L = QList<QByteArray>;
    QTest::newRow("nothing") << false << false << 0 << 0 << "text/plain"_ba << L {"text/plain"};
    QTest::newRow("text") << true << false << 0 << 0 << "text/plain"_ba << L {"text/plain"};
    QTest::newRow("html") << false << true << 0 << 0 << "text/html"_ba << L {"text/html"};
    QTest::newRow("both") << true << true << 0 << 0 << "multipart/alternative"_ba
                          << L {"text/plain", "text/html"};
    QTest::newRow("html with image")
        << false << true << 1 << 0 << "multipart/related"_ba << L {"text/html", "image/png"};
    QTest::newRow("all") << true << true << 2 << 1 << "multipart/mixed"_ba
                         << L {"text/plain", "text/html", "image/png", "image/png",
                                "application/pdf"};
    QTest::newRow("text with attachments")
        << true << false << 0 << 2 << "multipart/mixed"_ba
        << L {"text/plain", "application/pdf", "application/pdf"};
    QTest::newRow("inline without html")
        << true << false << 1 << 0 << "multipart/mixed"_ba << L {"text/plain", "image/png"};
}

void TestBuilder::structure()
{
    QFETCH(bool, text);
    QFETCH(bool, html);
    QFETCH(int, inlined);
    QFETCH(int, attached);
    QFETCH(QByteArray, root);
    QFETCH(QList<QByteArray>, leaves);
    Mime::MessageDraft d = draft();
    d.text = text ? u"text\n"_s : QString();
    d.html = html ? u"<img src=\"cid:i0@x\">\n"_s : QString();
    for (int i = 0; i < inlined + attached; ++i) {
        auto a = Mime::attachmentFromFile(
            write(u"f%1"_s.arg(i), "content %1"_ba + QByteArray::number(i)));
        QVERIFY(a);
        a->mimeType = i < inlined ? "image/png"_ba : "application/pdf"_ba;
        a->contentId = i < inlined ? "i%1@x"_ba.replace("%1", QByteArray::number(i)) : ""_ba;
        d.attachments.append(*a);
    }
    const auto built = Mime::build(d, "host.example"_ba);
    QVERIFY(built);
    const Mime::ParsedMessage read = Mime::parse(built->content.bytes);
    QVERIFY2(read.header("Content-Type").startsWith(QString::fromLatin1(root)),
        qPrintable(read.header("Content-Type")));
    QList<QByteArray> types;
    for (const Mime::Part &part : read.parts) {
        types.append(part.mimeType);
        QVERIFY(built->content.bytes.sliced(part.offset).startsWith("Content-")
            || built->content.bytes.sliced(part.offset).startsWith("Date:"));
        if (part.mimeType == "image/png" && html) {
            QCOMPARE(part.disposition, "inline"_ba);
            QVERIFY(part.contentId.startsWith('i'));
        }
    }
    QCOMPARE(types, leaves);
    QCOMPARE(read.text, d.text);
    QCOMPARE(read.html, d.html);
}

void TestBuilder::bccIsNeverWritten()
{
    Mime::MessageDraft d = draft();
    d.bcc = u"Secret Recipient <hidden@example.com>"_s;
    const auto built = Mime::build(d, "host.example"_ba);
    QVERIFY(built);
    const QByteArray lower = built->content.bytes.toLower();
    QVERIFY(!lower.contains("bcc:"));
    QVERIFY(!lower.contains("hidden"));
    QVERIFY(!lower.contains("secret"));
}

void TestBuilder::refuses_data()
{
    QTest::addColumn<Mime::MessageDraft>("d");
    QTest::addColumn<QString>("detail");
    const auto row = [](const char *name, auto change, const QString &detail) {
        Mime::MessageDraft d = draft();
        change(d);
        QTest::newRow(name) << d << detail;
    };
    using D = Mime::MessageDraft;
    row("no From", [](D &d) { d.from.clear(); }, u"From: no address"_s);
    row("bad From", [](D &d) { d.from = u"ann"_s; }, u"From: position 1"_s);
    row("bad To", [](D &d) { d.to = u"bob@"_s; }, u"To: position 1"_s);
    row("bad Cc", [](D &d) { d.cc = u"x"_s; }, u"Cc: "_s);
    row("bad Bcc", [](D &d) { d.bcc = u"x"_s; }, u"Bcc: "_s);
    row("bad Reply-To", [](D &d) { d.replyTo = u"x"_s; }, u"Reply-To: "_s);
    row("bad Message-ID", [](D &d) { d.messageId = "a b@c"; }, u"Message-ID"_s);
    row("D3 Message-ID", [](D &d) { d.messageId = "a@b>\r\nX: y"; }, u"Message-ID"_s);
    for (const char *name : {"From", "subject", "DATE", "To", "Cc", "bcc", "Reply-To", "Message-Id",
             "MIME-Version", "Content-Type", "content-transfer-encoding", "Resent-Bcc"})
        row(
            qPrintable(u"D15 duplicate "_s + QString::fromLatin1(name)),
            [name](D &d) { d.headers = {{name, u"x@example.org"_s}}; }, u"once"_s);
    row(
        "D15 two Sender",
        [](D &d) { d.headers = {{"Sender", u"a@x.example"_s}, {"sender", u"b@x.example"_s}}; },
        u"once"_s);
    for (const char *name : {"", "X Y", "X:", "X\r\nY", "X\n", "N\xC3\xA4me", "X\t"})
        row(
            qPrintable(u"D3 field name "_s + QString::fromLatin1(QByteArray(name).toHex())),
            [name](D &d) { d.headers = {{name, u"v"_s}}; }, u"field name"_s);
}

void TestBuilder::refuses()
{
    QFETCH(Mime::MessageDraft, d);
    QFETCH(QString, detail);
    const auto built = Mime::build(d, "host.example"_ba);
    QVERIFY(!built);
    QCOMPARE(built.error().kind, Kind::InvalidInput);
    QVERIFY2(built.error().detail.contains(detail), qPrintable(built.error().detail));
}

void TestBuilder::injectionNeverAddsAField_data()
{
    QTest::addColumn<QString>("payload");
    int number = 0;
    for (const QString &payload : {u"\r\nBcc: evil@example.com"_s, u"\nX-Evil: 1"_s,
             u"\rX-Evil: 1"_s, u"x\r\n\r\nbody"_s, u"x\r\n X-Folded: 1"_s,
             QString(u"x"_s + QChar(u'\0') + u"y"_s), u"\r\n"_s, u"\n"_s, u"x\n.\nQUIT"_s})
        QTest::newRow(qPrintable(u"D3 payload %1"_s.arg(++number))) << payload;
    for (const QString &payload : {u"\u2028X-Evil: 1"_s, u"\u0085X-Evil: 1"_s,
             u"=?utf-8?q?=0D=0AX-Evil:_1?="_s, u"=?utf-8?b?DQpYLUV2aWw6IDE=?="_s,
             u"%0d%0aX-Evil: 1"_s, u"\\r\\nX-Evil: 1"_s, u"\u560d\u560aX-Evil: 1"_s})
        QTest::newRow(qPrintable(u"D3 harmless %1"_s.arg(++number))) << payload;
}

void TestBuilder::injectionNeverAddsAField()
{
    QFETCH(QString, payload);
    using D = Mime::MessageDraft;
    const QString path = write(u"inject.bin"_s, "x"_ba);
    auto attachment = Mime::attachmentFromFile(path);
    QVERIFY(attachment);
    const std::vector<std::function<void(D &)>> fields {
        [&](D &d) { d.from = u"\"A"_s + payload + u"\" <a@example.org>"_s; },
        [&](D &d) { d.to = u"\"A"_s + payload + u"\" <a@example.org>"_s; },
        [&](D &d) { d.cc = u"\"A"_s + payload + u"\" <a@example.org>"_s; },
        [&](D &d) { d.replyTo = u"\"A"_s + payload + u"\" <a@example.org>"_s; },
        [&](D &d) { d.to = u"\"A"_s + payload + u"\": a@example.org;"_s; },
        [&](D &d) { d.subject = payload; },
        [&](D &d) { d.headers = {{"X-Mine", payload}}; },
        [&](D &d) { d.headers = {{"List-Unsubscribe", payload}}; },
        [&](D &d) { d.headers = {{"Sender", u"\"A"_s + payload + u"\" <a@example.org>"_s}}; },
        [&](D &d) {
            attachment->fileName = u"a"_s + payload;
            d.attachments = {*attachment};
        },
    };
    const QSet<QByteArray> allowed {"date", "from", "to", "cc", "reply-to", "message-id", "subject",
        "x-mine", "list-unsubscribe", "sender", "mime-version", "content-type",
        "content-transfer-encoding"};
    const bool control = payload.contains(u'\r') || payload.contains(u'\n')
        || payload.contains(QChar(u'\0'));
    for (const auto &change : fields) {
        D d = draft();
        change(d);
        const auto built = Mime::build(d, "host.example"_ba);
        QCOMPARE(built.has_value(), !control);
        if (!built)
            continue;
        const Mime::ParsedMessage read = Mime::parse(built->content.bytes);
        for (const Mime::HeaderField &field : read.headers)
            QVERIFY2(allowed.contains(field.name.toLower()), field.name.constData());
        QCOMPARE(read.text, u"Hi\n"_s);
    }
    D d = draft();
    if (control)
        QVERIFY(!Mime::build(d, "host.example"_ba + payload.toUtf8()));
    d.attachments = {*attachment};
    d.attachments[0].fileName = u"x"_s;
    d.attachments[0].mimeType = "text/plain"_ba + payload.toUtf8();
    QVERIFY(!Mime::build(d, "host.example"_ba));
    d.attachments[0].mimeType = "text/plain"_ba;
    d.attachments[0].contentId = "x>"_ba + payload.toUtf8();
    QVERIFY(!Mime::build(d, "host.example"_ba));
}

void TestBuilder::idnAddressIsAscii()
{
    Mime::MessageDraft d = draft();
    d.to = u"bob@bücher.example"_s;
    const auto built = Mime::build(d, "host.example"_ba);
    QVERIFY(built);
    QVERIFY(built->content.bytes.contains("To: bob@xn--bcher-kva.example\r\n"));
    QVERIFY(!built->content.eightBit);
}

void TestBuilder::utf8LocalPartIsEightBit()
{
    Mime::MessageDraft d = draft();
    d.to = u"jörg@bücher.example"_s;
    const auto built = Mime::build(d, "host.example"_ba);
    QVERIFY(built);
    QVERIFY(built->content.bytes.contains("To: j\xC3\xB6rg@b\xC3\xBC"
                                          "cher.example\r\n"));
    QVERIFY(built->content.eightBit);
}

void TestBuilder::dateForm_data()
{
    QTest::addColumn<QDateTime>("date");
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("west") << QDateTime(
        QDate(2026, 11, 1), QTime(23, 59, 59), QTimeZone::fromSecondsAheadOfUtc(-(3 * 3600 + 1800)))
                          << "Date: Sun, 01 Nov 2026 23:59:59 -0330\r\n"_ba;
    QTest::newRow("east") << QDateTime(
        QDate(2024, 2, 29), QTime(0, 0, 0), QTimeZone::fromSecondsAheadOfUtc(5 * 3600 + 2700))
                          << "Date: Thu, 29 Feb 2024 00:00:00 +0545\r\n"_ba;
}

void TestBuilder::dateForm()
{
    QFETCH(QDateTime, date);
    QFETCH(QByteArray, line);
    // H15: the language of the desktop must not show.
    QLocale::setDefault(QLocale(QLocale::Turkish));
    Mime::MessageDraft d = draft();
    d.date = date;
    const auto built = Mime::build(d, "host.example"_ba);
    QLocale::setDefault(QLocale::c());
    QVERIFY(built);
    QVERIFY2(built->content.bytes.startsWith(line), built->content.bytes.first(50).constData());
}

void TestBuilder::messageId()
{
    const auto a = Mime::build(draft(), "host.example"_ba);
    const auto b = Mime::build(draft(), {});
    QVERIFY(a && b);
    QVERIFY(a->messageId.endsWith("@host.example"));
    QVERIFY(b->messageId.endsWith("@example.org"));
    QVERIFY(a->messageId.size() > 40);
    QVERIFY(a->messageId.split('@').first() != b->messageId.split('@').first());
    QVERIFY(a->content.bytes.contains("Message-ID: <" + a->messageId + ">\r\n"));
}

void TestBuilder::attachmentFixed()
{
    const QByteArray png = QByteArray::fromHex("89504e470d0a1a0a0000000d49484452");
    const auto a = Mime::attachmentFromFile(write(u"picture.png"_s, png));
    QVERIFY(a);
    QCOMPARE(a->fileName, u"picture.png"_s);
    QCOMPARE(a->mimeType, "image/png"_ba);
    QCOMPARE(a->size, png.size());
    QCOMPARE(a->sha256, QCryptographicHash::hash(png, QCryptographicHash::Sha256).toHex());
    QVERIFY(QFile::link(a->path, m_dir.filePath(u"link.png"_s)));
    QVERIFY(Mime::attachmentFromFile(m_dir.filePath(u"link.png"_s)));
}

void TestBuilder::attachmentRefused_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("detail");
    QTest::newRow("D13 FIFO") << u"fifo"_s << Kind::InvalidInput << u"is a FIFO"_s;
    QTest::newRow("D13 /dev/zero") << u"/dev/zero"_s << Kind::InvalidInput << u"is a device"_s;
    QTest::newRow("D13 link to a device")
        << u"zerolink"_s << Kind::InvalidInput << u"is a device"_s;
    QTest::newRow("D13 directory") << u"."_s << Kind::InvalidInput << u"is a directory"_s;
    QTest::newRow("D13 missing") << u"none"_s << Kind::Io << u"No such file"_s;
    QTest::newRow("D13 dangling link") << u"dangling"_s << Kind::Io << u"No such file"_s;
    QTest::newRow("NUL in the name")
        << QString(u"a"_s + QChar(u'\0') + u"b"_s) << Kind::InvalidInput << u"NUL"_s;
}

void TestBuilder::attachmentRefused()
{
    QFETCH(QString, name);
    QFETCH(Kind, kind);
    QFETCH(QString, detail);
    ::mkfifo(QFile::encodeName(m_dir.filePath(u"fifo"_s)).constData(), 0600);
    QFile::link(u"/dev/zero"_s, m_dir.filePath(u"zerolink"_s));
    QFile::link(u"/nonexistent"_s, m_dir.filePath(u"dangling"_s));
    const auto a = Mime::attachmentFromFile(name.startsWith(u'/') ? name : m_dir.filePath(name));
    QVERIFY(!a);
    QCOMPARE(a.error().kind, kind);
    QVERIFY2(a.error().detail.contains(detail), qPrintable(a.error().detail));
}

void TestBuilder::attachmentChanged_data()
{
    QTest::addColumn<QString>("how");
    QTest::addColumn<Kind>("kind");
    QTest::newRow("D13 longer") << u"longer"_s << Kind::InvalidInput;
    QTest::newRow("D13 written again") << u"touched"_s << Kind::InvalidInput;
    QTest::newRow("D13 other content, same size and time") << u"sly"_s << Kind::InvalidInput;
    QTest::newRow("D13 gone") << u"gone"_s << Kind::Io;
    QTest::newRow("D13 now a FIFO") << u"fifo"_s << Kind::InvalidInput;
    QTest::newRow("D13 now a device") << u"device"_s << Kind::InvalidInput;
}

void TestBuilder::attachmentChanged()
{
    QFETCH(QString, how);
    QFETCH(Kind, kind);
    Mime::MessageDraft d = draft();
    const QString path = write(u"changing.txt"_s, "first content"_ba);
    const auto a = Mime::attachmentFromFile(path);
    QVERIFY(a);
    d.attachments = {*a};
    QVERIFY(Mime::build(d, "host.example"_ba));
    const auto setTime = [&path](const QDateTime &time) {
        QFile file(path);
        return file.open(QIODevice::ReadWrite | QIODevice::ExistingOnly)
            && file.setFileTime(time, QFileDevice::FileModificationTime);
    };
    if (how == u"longer") {
        write(u"changing.txt"_s, "first content and more"_ba);
    } else if (how == u"touched") {
        QVERIFY(setTime(a->modified.addSecs(5)));
    } else if (how == u"sly") {
        write(u"changing.txt"_s, "other content"_ba);
        QVERIFY(setTime(a->modified));
    } else {
        QVERIFY(QFile::remove(path));
        if (how == u"fifo")
            QCOMPARE(::mkfifo(QFile::encodeName(path).constData(), 0600), 0);
        else if (how == u"device")
            QVERIFY(QFile::link(u"/dev/zero"_s, path));
    }
    const auto built = Mime::build(d, "host.example"_ba);
    QFile::remove(path);
    QVERIFY(!built);
    QCOMPARE(built.error().kind, kind);
    QVERIFY2(built.error().detail.contains(u"changing.txt"_s), qPrintable(built.error().detail));
}

void TestBuilder::largeAttachmentIsStreamed()
{
    // G9: above 8 MiB the message is a file, with the same octets in the part.
    QByteArray bytes(9 * 1024 * 1024 + 7, Qt::Uninitialized);
    quint32 state = 1;
    for (char &c : bytes) {
        state = state * 1664525 + 1013904223;
        c = char(state >> 24);
    }
    Mime::MessageDraft d = draft();
    const auto a = Mime::attachmentFromFile(write(u"large.bin"_s, bytes));
    QVERIFY(a);
    d.attachments = {*a};
    QString file;
    {
        const auto built = Mime::build(d, "host.example"_ba);
        QVERIFY(built);
        file = built->content.file;
        QVERIFY(QFile::exists(file));
        QVERIFY(built->content.bytes.isEmpty());
        const QByteArray wire = bytesOf(built->content);
        QCOMPARE(wire.size(), built->content.fileSize);
        QCOMPARE(wireFault(wire), QString());
        QCOMPARE(built->content.longestLine <= 998, true);
        const Mime::ParsedMessage read = Mime::parse(wire);
        QCOMPARE(read.parts.size(), 2);
        QVERIFY(read.parts[1].body == bytes);
        QCOMPARE(read.text, u"Hi\n"_s);
    }
    QVERIFY(!QFile::exists(file));
}

void TestBuilder::threads()
{
    // The library's own initialisation is not thread-safe.
    std::vector<std::jthread> threads;
    std::atomic<int> good = 0;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&good] {
            for (int i = 0; i < 50; ++i) {
                Mime::MessageDraft d = draft();
                d.subject = u"Grüße %1"_s.arg(i);
                const auto built = Mime::build(d, "host.example"_ba);
                if (built && Mime::parse(built->content.bytes).header("subject") == d.subject)
                    ++good;
            }
        });
    threads.clear();
    QCOMPARE(good.load(), 400);
}

QTEST_GUILESS_MAIN(TestBuilder)
#include "tst_mime_builder.moc"
