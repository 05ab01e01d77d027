// SPDX-License-Identifier: GPL-3.0-or-later
#include "addresses.h"

namespace Mailgauge::Cli {

namespace {

/// Walks over text and tells which characters stand outside of quotes, angles and brackets.
class Outside {
public:
    /// True where `c` is a character of the list itself.
    bool operator()(char c)
    {
        if (m_escaped) {
            m_escaped = false;
            return false;
        }
        if (m_quoted) {
            m_escaped = c == '\\';
            m_quoted = c != '"';
            return false;
        }
        if (m_closing) {
            if (c == m_closing)
                m_closing = 0;
            return false;
        }
        m_quoted = c == '"';
        m_closing = c == '<' ? '>' : c == '[' ? ']' : '\0';
        return !m_quoted;
    }

private:
    bool m_quoted = false;
    bool m_escaped = false;
    char m_closing = 0;
};

QList<QByteArray> splitAddresses(const QByteArray &list)
{
    QList<QByteArray> items;
    Outside outside;
    qsizetype start = 0;
    for (qsizetype i = 0; i < list.size(); ++i) {
        if (!outside(list[i]) || list[i] != ',')
            continue;
        items.append(list.sliced(start, i - start).trimmed());
        start = i + 1;
    }
    items.append(list.sliced(start).trimmed());
    if (items.size() > 1)
        items.removeAll(QByteArray());
    return items;
}

TypedAddress typed(const QByteArray &item)
{
    Outside outside;
    for (qsizetype i = 0; i < item.size(); ++i) {
        if (outside(item[i]) && item[i] == '<' && item.endsWith('>'))
            return {item.sliced(i + 1, item.size() - i - 2), item};
    }
    return {item, item};
}

} // namespace

QList<TypedAddress> typedAddresses(const QList<QByteArray> &values)
{
    QList<TypedAddress> addresses;
    for (const QByteArray &value : values) {
        const QList<QByteArray> items = splitAddresses(value);
        for (const QByteArray &item : items)
            addresses.append(typed(item));
    }
    return addresses;
}

QString malformed(const QByteArray &path, const Base::Error &error)
{
    return u"malformed address %1: %2"_s.arg(QString::fromUtf8(path), error.detail);
}

} // namespace Mailgauge::Cli
