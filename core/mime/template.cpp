// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/template.h"

#include "base/literals.h"
#include "mime/headerreader.h"

#include <QJsonDocument>
#include <QLocale>
#include <QStringDecoder>

#include <algorithm>

namespace Mailgauge::Mime {

namespace {

constexpr qsizetype MostCharacters = 32 * 1024 * 1024; // two bytes each

std::unexpected<Base::Error> bad(const QString &detail)
{
    return Base::fail(Base::Error::Kind::InvalidInput, detail);
}

bool isControl(QChar c)
{
    return c.category() == QChar::Other_Control || c == QChar::LineSeparator
        || c == QChar::ParagraphSeparator;
}

bool isName(QStringView name)
{
    return !name.isEmpty() && std::ranges::all_of(name, [](QChar c) {
        return c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'.';
    });
}

Base::Result<QString> fitted(const QString &name, QString value, TemplateContext context)
{
    switch (context) {
    case TemplateContext::Plain:
        break;
    case TemplateContext::Header:
        std::ranges::replace_if(value, isControl, u' ');
        break;
    case TemplateContext::Html:
        value = value.toHtmlEscaped().replace(u'\'', u"&#39;"_s);
        break;
    case TemplateContext::Address:
        if (std::ranges::any_of(value,
                [](QChar c) { return isControl(c) || c.isSpace() || u",;<>\"()"_s.contains(c); }))
            return bad(u"the value of %1 is not one address"_s.arg(name));
        break;
    }
    return value;
}

/// One token of a template.
struct Token {
    qsizetype begin = 0; ///< Of its braces.
    qsizetype end = 0;
    QString name;
    bool verbatim = false; ///< Three braces.
};

Base::Result<Token> tokenAt(const QString &text, qsizetype begin)
{
    Token token {.begin = begin, .end = 0, .name = {}, .verbatim = false};
    token.verbatim = QStringView(text).sliced(begin).startsWith(u"{{{");
    const QString close = token.verbatim ? u"}}}"_s : u"}}"_s;
    const qsizetype inside = begin + close.size();
    const qsizetype at = text.indexOf(close, inside);
    if (at < 0)
        return bad(u"a {{ without its }}"_s);
    token.name = QStringView(text).sliced(inside, at - inside).trimmed().toString();
    if (!isName(token.name))
        return bad(u"{{%1}} is not a name"_s.arg(token.name.left(100)));
    token.end = at + close.size();
    return token;
}

} // namespace

Base::Result<TemplateValues> TemplateValues::fromJson(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError)
        return bad(
            u"not JSON, at octet %1: %2"_s.arg(QString::number(error.offset), error.errorString()));
    if (!document.isObject())
        return bad(u"not a JSON object"_s);
    TemplateValues values;
    values.m_object = document.object();
    return values;
}

Base::Result<QString> TemplateValues::value(const QString &name) const
{
    // A name with a dot may also stand there as a whole.
    QJsonValue found = m_object.value(name);
    if (found.isUndefined()) {
        found = m_object;
        for (const QString &part : name.split(u'.'))
            found = found.toObject().value(part);
    }
    switch (found.type()) {
    case QJsonValue::String:
        return found.toString();
    case QJsonValue::Bool:
        return found.toBool() ? u"true"_s : u"false"_s;
    case QJsonValue::Double: {
        const auto whole = static_cast<double>(found.toInteger());
        return whole == found.toDouble()
            ? QString::number(found.toInteger())
            : QString::number(found.toDouble(), 'g', QLocale::FloatingPointShortest);
    }
    case QJsonValue::Undefined:
        break;
    case QJsonValue::Null:
    case QJsonValue::Array:
    case QJsonValue::Object:
        return bad(u"the value of %1 is no text"_s.arg(name));
    }
    if (const auto own = m_defaults.constFind(name); own != m_defaults.constEnd())
        return *own;
    return bad(u"no value for %1"_s.arg(name));
}

Base::Result<QString> expandTemplate(
    const QString &text, const TemplateValues &values, TemplateContext context)
{
    QString result;
    qsizetype done = 0;
    for (qsizetype at = text.indexOf(u"{{"_s); at >= 0; at = text.indexOf(u"{{"_s, done)) {
        if (at > done && text[at - 1] == u'\\') {
            result += QStringView(text).sliced(done, at - 1 - done);
            result += u"{{";
            done = at + 2;
            continue;
        }
        const auto token = tokenAt(text, at);
        if (!token)
            return std::unexpected(token.error());
        auto value = values.value(token->name);
        if (value && !(token->verbatim && context == TemplateContext::Html))
            value = fitted(token->name, *value, context);
        if (!value)
            return value;
        result += QStringView(text).sliced(done, at - done);
        result += *value;
        done = token->end;
        if (result.size() > MostCharacters)
            return bad(u"the template grows beyond 64 MiB"_s);
    }
    result += QStringView(text).sliced(done);
    return result;
}

Base::Result<QByteArray> expandMessage(const QByteArray &message, const TemplateValues &values)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(message);
    if (decoder.hasError())
        return bad(u"a template has to be UTF-8"_s);
    const qsizetype body = QString::fromUtf8(message.first(readHeader(message).bodyOffset)).size();
    const auto header = expandTemplate(text.first(body), values, TemplateContext::Header);
    if (!header)
        return std::unexpected(header.error());
    return expandTemplate(text.sliced(body), values, TemplateContext::Plain)
        .transform([&header](const QString &rest) { return header->toUtf8() + rest.toUtf8(); });
}

} // namespace Mailgauge::Mime
