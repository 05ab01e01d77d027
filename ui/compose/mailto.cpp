// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/mailto.h"

#include "base/literals.h"

#include <QUrl>

namespace Mailgauge::Compose {

namespace {
QString decoded(QStringView text)
{
    // RFC 6068 2: percent encoding of UTF-8; "+" is itself.
    return QString::fromUtf8(QByteArray::fromPercentEncoding(text.toUtf8()));
}

QString oneLine(QString text)
{
    for (QChar &c : text) {
        if (c == u'\r' || c == u'\n' || c.isNull())
            c = u' ';
    }
    return text.trimmed();
}

void append(QString &list, const QString &more)
{
    if (!list.isEmpty() && !more.isEmpty())
        list += u", "_s;
    list += more;
}
} // namespace

Mime::MessageDraft draftFromMailto(const QUrl &url)
{
    Mime::MessageDraft draft;
    const QString whole = url.toString(QUrl::FullyEncoded);
    const QStringView rest = QStringView(whole).sliced(qMin(whole.size(), whole.indexOf(u':') + 1));
    const qsizetype mark = rest.indexOf(u'?');
    draft.to = oneLine(decoded(mark < 0 ? rest : rest.first(mark)));
    if (mark < 0)
        return draft;
    const QList<QStringView> fields = rest.sliced(mark + 1).split(u'&');
    for (const QStringView field : fields) {
        const qsizetype equals = field.indexOf(u'=');
        if (equals < 0)
            continue;
        const QString name = decoded(field.first(equals)).toLower();
        const QString value = decoded(field.sliced(equals + 1));
        if (name == "to"_L1)
            append(draft.to, oneLine(value));
        else if (name == "cc"_L1)
            append(draft.cc, oneLine(value));
        else if (name == "bcc"_L1)
            append(draft.bcc, oneLine(value));
        else if (name == "subject"_L1)
            draft.subject = oneLine(value);
        else if (name == "body"_L1)
            draft.text = QString(value).replace(u"\r\n"_s, u"\n"_s);
        else if (name == "in-reply-to"_L1)
            draft.headers.append({.name = "In-Reply-To", .value = oneLine(value)});
    }
    return draft;
}

} // namespace Mailgauge::Compose
