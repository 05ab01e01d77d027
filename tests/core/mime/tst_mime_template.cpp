// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "mime/template.h"

#include <QTest>

using namespace Mailgauge;
using Mime::expandTemplate;
using Mime::TemplateContext;
using Mime::TemplateValues;

namespace {

TemplateValues values()
{
    auto values = TemplateValues::fromJson(
        R"({"name": "Ann <b> & 'c'", "n": 3, "x": 0.5, "yes": true,
        "lines": "a\r\nBcc: x@y", "again": "{{name}}", "list": [1], "nothing": null,
        "person": {"first": "Zoë"}, "a.b": "dotted", "to": "mine@x"})");
    values->setDefault(u"to"_s, u"theirs@x"_s);
    values->setDefault(u"date"_s, u"today"_s);
    return *values;
}

} // namespace

class TestTemplate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void expand_data()
    {
        QTest::addColumn<TemplateContext>("context");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected"); // null: refused
        using enum TemplateContext;
        const auto row = [](const char *name, TemplateContext context, const QString &text,
                             const QString &expected) {
            QTest::newRow(name) << context << text << expected;
        };
        row("no token", Plain, u"a { b } c"_s, u"a { b } c"_s);
        row("empty", Plain, u""_s, u""_s);
        row("text", Plain, u"Hi {{name}}!"_s, u"Hi Ann <b> & 'c'!"_s);
        row("spaces inside", Plain, u"{{ n }}/{{x}}/{{yes}}"_s, u"3/0.5/true"_s);
        row("within an object", Plain, u"{{person.first}}{{a.b}}"_s, u"Zoëdotted"_s);
        row("the user's wins", Plain, u"{{to}} {{date}}"_s, u"mine@x today"_s);
        row("escaped braces", Plain, u"\\{{name}} {{n}}"_s, u"{{name}} 3"_s);
        row("not read again", Plain, u"{{again}}"_s, u"{{name}}"_s);
        row("F8 HTML", Html, u"<p>{{name}}</p>"_s, u"<p>Ann &lt;b&gt; &amp; &#39;c&#39;</p>"_s);
        row("F8 HTML by explicit mark", Html, u"{{{name}}}"_s, u"Ann <b> & 'c'"_s);
        row("D2 header", Header, u"x {{lines}}"_s, u"x a  Bcc: x@y"_s);
        row("D2 three braces in a header", Header, u"{{{lines}}}"_s, u"a  Bcc: x@y"_s);
        row("address", Address, u"<{{to}}>"_s, u"<mine@x>"_s);
        row("D1 address with CRLF", Address, u"{{lines}}"_s, {});
        row("D1 address with brackets", Address, u"{{{name}}}"_s, {});
        row("G8 missing", Plain, u"{{none}}"_s, {});
        row("G8 missing inside", Plain, u"{{person.none}}"_s, {});
        row("G8 a list", Plain, u"{{list}}"_s, {});
        row("G8 null", Plain, u"{{nothing}}"_s, {});
        row("G8 an object", Plain, u"{{person}}"_s, {});
        row("G8 without end", Plain, u"{{name"_s, {});
        row("G8 no name", Plain, u"{{}}"_s, {});
        row("G8 no such syntax", Plain, u"{{#each x}}"_s, {});
    }
    void expand()
    {
        QFETCH(TemplateContext, context);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const auto result = expandTemplate(text, values(), context);
        QCOMPARE(result.has_value(), !expected.isNull());
        if (result)
            QCOMPARE(*result, expected);
        else
            QCOMPARE(result.error().kind, Base::Error::Kind::InvalidInput);
    }
    void theMissingOneIsNamed()
    {
        const auto result = expandTemplate(u"{{ none.such }}"_s, values(), TemplateContext::Plain);
        QVERIFY(!result);
        QVERIFY(result.error().detail.contains(u"none.such"_s));
    }
    void boundedResult()
    {
        auto big = TemplateValues::fromJson("{}");
        big->setDefault(u"x"_s, QString(1'000'000, u'x'));
        QVERIFY(expandTemplate(u"{{x}}"_s.repeated(10), *big, TemplateContext::Plain));
        QVERIFY(!expandTemplate(u"{{x}}"_s.repeated(40), *big, TemplateContext::Plain));
    }
    void wholeMessage_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("expected"); // empty: refused
        QTest::newRow("D2 header and body, CRLF")
            << "Subject: {{lines}}\r\n\r\n{{lines}}\n\n"_ba
            << "Subject: a  Bcc: x@y\r\n\r\na\r\nBcc: x@y\n\n"_ba;
        QTest::newRow("D2 header and body, LF")
            << "X: {{lines}}\n\n{{n}}\r\n\r\n"_ba << "X: a  Bcc: x@y\n\n3\r\n\r\n"_ba;
        QTest::newRow("no body") << "X: {{person.first}}\r\n"_ba << "X: Zo\xc3\xab\r\n"_ba;
        QTest::newRow("D2 LF, then an empty line of CRLF")
            << "X: {{lines}}\n\r\n{{lines}}"_ba << "X: a  Bcc: x@y\n\r\na\r\nBcc: x@y"_ba;
        QTest::newRow("no header") << "\r\n{{lines}}\r\n\r\n"_ba
                                   << "\r\na\r\nBcc: x@y\r\n\r\n"_ba;
        QTest::newRow("octets beyond ASCII in the header")
            << "X: \xc3\xab {{n}}\n\n{{lines}}"_ba << "X: \xc3\xab 3\n\na\r\nBcc: x@y"_ba;
        QTest::newRow("G8 missing in the body") << "X: a\r\n\r\n{{none}}"_ba << ""_ba;
        QTest::newRow("not UTF-8") << "X: \xff\r\n\r\n"_ba << ""_ba;
    }
    void wholeMessage()
    {
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, expected);
        const auto result = Mime::expandMessage(message, values());
        QCOMPARE(result.has_value(), !expected.isEmpty());
        if (result)
            QCOMPARE(*result, expected);
        else
            QCOMPARE(result.error().kind, Base::Error::Kind::InvalidInput);
    }
    void notAnObject()
    {
        QVERIFY(!TemplateValues::fromJson("[]"));
        QVERIFY(!TemplateValues::fromJson("{"));
        QVERIFY(!TemplateValues::fromJson(""));
    }
};

QTEST_GUILESS_MAIN(TestTemplate)
#include "tst_mime_template.moc"
