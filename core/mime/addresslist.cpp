// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/addresslist.h"

#include "base/literals.h"
#include "mime/draft.h"

namespace Mailgauge::Mime {

namespace {

using Kind = Base::Error::Kind;

// Local part 64, domain 255 (RFC 5321 4.5.3.1), with room for a quoted local part.
constexpr qsizetype MaxAddress = 450;
constexpr int MaxCommentDepth = 16;

bool isSpecial(QChar c)
{
    return u"<>()[]:;,\\\""_s.contains(c);
}

/// Why `text` is no addr-spec; empty where it is one.
QString whyNoAddress(QStringView text)
{
    if (text.isEmpty())
        return u"empty"_s;
    qsizetype at = -1;
    qsizetype i = 0;
    if (text.front() == u'"') {
        for (i = 1; i < text.size() && text[i] != u'"'; ++i)
            i += text[i] == u'\\' ? 1 : 0;
        if (i >= text.size())
            return u"a quoted string does not end"_s;
        ++i;
        if (i < text.size() && text[i] == u'@')
            at = i;
        else
            return u"no @ behind the quoted string"_s;
    } else {
        at = text.lastIndexOf(u'@');
        if (at < 0)
            return u"no @"_s;
        for (const QChar c : text.first(at))
            if (isSpecial(c) || c.isSpace() || c == u'@')
                return u"'%1' before the @"_s.arg(c);
    }
    if (at == 0)
        return u"nothing before the @"_s;
    const QStringView domain = text.sliced(at + 1);
    if (domain.isEmpty())
        return u"nothing behind the @"_s;
    const bool literal = domain.startsWith(u'[') && domain.endsWith(u']');
    for (const QChar c : literal ? domain.sliced(1, domain.size() - 2) : domain)
        if (c.isSpace() || (isSpecial(c) && !(literal && c == u':')) || c == u'@')
            return c.isSpace() ? u"a space in the domain"_s : u"'%1' in the domain"_s.arg(c);
    if (text.toUtf8().size() > MaxAddress)
        return u"too long"_s;
    return {};
}

class ListParser {
public:
    explicit ListParser(QStringView text)
        : m_text(text)
    {
    }

    Base::Result<QList<AddressEntry>> run()
    {
        for (m_at = 0; m_at < m_text.size();) {
            if (!step())
                return std::unexpected(m_error);
        }
        if (!finishEntry())
            return std::unexpected(m_error);
        if (m_inGroup)
            endGroup();
        return m_entries;
    }

private:
    /// Words of the display name, the raw text of an address, the part in angle brackets.
    struct Entry {
        QString phrase;
        QString raw;
        QString comment;
        QString angle;
        bool hasAngle = false;
        bool space = false;
        qsizetype start = -1;
    };

    bool refuse(const QString &why, qsizetype at)
    {
        m_error = {Kind::InvalidInput, u"position %1: %2"_s.arg(at + 1).arg(why),
            m_text.toString().toUtf8().first(
                qMin<qsizetype>(m_text.toString().toUtf8().size(), Base::Error::MaxEvidence))};
        return false;
    }

    bool step()
    {
        const QChar c = m_text[m_at];
        if (m_entry.start < 0 && !c.isSpace() && c != u',' && c != u';')
            m_entry.start = m_at;
        switch (c.unicode()) {
        case u'"':
            return quoted();
        case u'(':
            return comment();
        case u'<':
            return angle();
        case u'[':
            return literal();
        case u',':
            ++m_at;
            return finishEntry();
        case u';':
            ++m_at;
            if (!finishEntry())
                return false;
            if (m_inGroup)
                endGroup();
            return true;
        case u':':
            if (m_inGroup || m_entry.hasAngle || m_entry.phrase.isEmpty()
                || m_entry.raw.contains(u'@'))
                return refuse(u"':' where no group name stands before it"_s, m_at);
            m_inGroup = true;
            m_group = {.addresses = {}, .isGroup = true, .group = m_entry.phrase};
            m_entry = {};
            ++m_at;
            return true;
        default:
            ++m_at;
            if (c.isSpace())
                m_entry.space = true;
            else
                append(QString(c), QString(c));
            return true;
        }
    }

    void append(const QString &word, const QString &raw)
    {
        if (m_entry.space && !m_entry.phrase.isEmpty()) {
            m_entry.phrase += u' ';
            m_entry.raw += u' ';
        }
        m_entry.space = false;
        m_entry.phrase += word;
        m_entry.raw += raw;
    }

    bool quoted()
    {
        const qsizetype from = m_at;
        QString word;
        for (++m_at; m_at < m_text.size() && m_text[m_at] != u'"'; ++m_at) {
            if (m_text[m_at] == u'\\' && m_at + 1 < m_text.size())
                ++m_at;
            word += m_text[m_at];
        }
        if (m_at >= m_text.size())
            return refuse(u"a quoted string does not end"_s, from);
        ++m_at;
        append(word, m_text.sliced(from, m_at - from).toString());
        return true;
    }

    bool comment()
    {
        const qsizetype from = m_at;
        int depth = 0;
        QString text;
        for (; m_at < m_text.size(); ++m_at) {
            const QChar c = m_text[m_at];
            if (c == u'\\' && m_at + 1 < m_text.size()) {
                text += m_text[++m_at];
                continue;
            }
            if (c == u'(' && ++depth > MaxCommentDepth)
                return refuse(u"comments nested too deeply"_s, from);
            if (c == u')' && --depth == 0)
                break;
            if (c != u'(' || depth > 1)
                text += c;
        }
        if (m_at >= m_text.size())
            return refuse(u"a comment does not end"_s, from);
        ++m_at;
        m_entry.comment = text.trimmed();
        m_entry.space = true;
        return true;
    }

    bool angle()
    {
        const qsizetype from = m_at;
        if (m_entry.hasAngle)
            return refuse(u"two addresses without a comma between them"_s, from);
        bool inQuotes = false;
        for (++m_at; m_at < m_text.size() && (inQuotes || m_text[m_at] != u'>'); ++m_at) {
            if (m_text[m_at] == u'\\')
                ++m_at;
            else if (m_text[m_at] == u'"')
                inQuotes = !inQuotes;
        }
        if (m_at >= m_text.size())
            return refuse(u"'<' without '>'"_s, from);
        m_entry.angle = m_text.sliced(from + 1, m_at - from - 1).trimmed().toString();
        m_entry.hasAngle = true;
        ++m_at;
        return true;
    }

    bool literal()
    {
        const qsizetype end = m_text.indexOf(u']', m_at);
        if (end < 0)
            return refuse(u"'[' without ']'"_s, m_at);
        const QString text = m_text.sliced(m_at, end - m_at + 1).toString();
        append(text, text);
        m_at = end + 1;
        return true;
    }

    bool finishEntry()
    {
        const Entry entry = std::exchange(m_entry, {});
        if (entry.start < 0 || (!entry.hasAngle && entry.raw.isEmpty() && entry.comment.isEmpty()))
            return true;
        const QString &text = entry.hasAngle ? entry.angle : entry.raw;
        if (const QString why = whyNoAddress(text); !why.isEmpty())
            return refuse(u"'%1' is not an address: %2"_s.arg(text.left(100), why), entry.start);
        const Address address {
            .name = entry.hasAngle && !entry.phrase.isEmpty() ? entry.phrase : entry.comment,
            .address = text.toUtf8()};
        if (m_inGroup)
            m_group.addresses.append(address);
        else
            m_entries.append({.addresses = {address}, .isGroup = false, .group = {}});
        return true;
    }

    void endGroup()
    {
        m_entries.append(std::exchange(m_group, {}));
        m_inGroup = false;
    }

    QStringView m_text;
    qsizetype m_at = 0;
    Entry m_entry;
    AddressEntry m_group;
    bool m_inGroup = false;
    QList<AddressEntry> m_entries;
    Base::Error m_error;
};

} // namespace

Base::Result<QList<AddressEntry>> parseAddressList(const QString &field)
{
    for (const QChar c : field)
        if (c == u'\r' || c == u'\n' || c.isNull())
            return Base::fail(Kind::InvalidInput, u"CR, LF or NUL in an address field"_s);
    return ListParser(field).run();
}

QString toDisplay(const Address &address)
{
    const QString spec = QString::fromUtf8(address.address);
    if (address.name.isEmpty())
        return spec;
    bool quote = address.name != address.name.simplified();
    for (const QChar c : address.name)
        quote = quote || isSpecial(c) || c == u'@';
    if (!quote)
        return address.name + u" <"_s + spec + u'>';
    QString name = address.name;
    name.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s);
    return u'"' + name + u"\" <"_s + spec + u'>';
}

Base::Result<QList<QByteArray>> addressesOf(const QString &field)
{
    const auto entries = parseAddressList(field);
    if (!entries)
        return std::unexpected(entries.error());
    QList<QByteArray> addresses;
    for (const AddressEntry &entry : *entries)
        for (const Address &address : entry.addresses)
            addresses.append(address.address);
    return addresses;
}

} // namespace Mailgauge::Mime
