// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/addressbook.h"

#include "base/literals.h"

#include <QFile>

namespace Mailgauge::Models {

namespace {
constexpr qint64 MaxFileSize = 1 << 20;
}

QStringList splitAddresses(const QString &field)
{
    QStringList items;
    QString item;
    bool quoted = false;
    bool escaped = false;
    int comment = 0;
    for (const QChar c : field) {
        if (c == u',' && !quoted && comment == 0) {
            items.append(item.trimmed());
            item.clear();
            continue;
        }
        if (c == u'"' && !escaped && comment == 0)
            quoted = !quoted;
        else if (c == u'(' && !quoted)
            ++comment;
        else if (c == u')' && !quoted && comment > 0)
            --comment;
        escaped = c == u'\\' && !escaped;
        item.append(c);
    }
    items.append(item.trimmed());
    items.removeAll(QString());
    return items;
}

AddressBook::AddressBook(QString path, QObject *parent)
    : QObject(parent)
    , m_path(std::move(path))
{
    connect(&m_writer, &LatestWriter::written, this, [this](const Base::Result<void> &written) {
        if (!written)
            Q_EMIT failed(written.error());
    });
    QFile file(m_path);
    if (m_path.isEmpty() || !file.open(QIODevice::ReadOnly))
        return;
    const QString text = QString::fromUtf8(file.read(MaxFileSize));
    m_model.setStringList(text.split(u'\n', Qt::SkipEmptyParts).mid(0, MaxAddresses));
}

void AddressBook::remember(const QString &field)
{
    QStringList all = m_model.stringList();
    const QStringList items = splitAddresses(field);
    for (const QString &item : items) {
        if (!item.contains(u'@') || item.contains(u'\n'))
            continue;
        all.removeAll(item);
        all.prepend(item);
    }
    m_model.setStringList(all.mid(0, MaxAddresses));
}

void AddressBook::save()
{
    if (!m_path.isEmpty())
        m_writer.write(m_path, [all = m_model.stringList()] { return all.join(u'\n').toUtf8(); });
}

} // namespace Mailgauge::Models
