// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/messagetransfer.h"

#include "base/literals.h"
#include "compose/messagefile.h"
#include "explain/explain.h"

#include <QFileInfo>
#include <QtConcurrentRun>

namespace Mailgauge::Compose {

namespace {
const QString openAbout = u"open"_s;
}

MessageTransfer::MessageTransfer(QString directory, QObject *parent)
    : QObject(parent)
    , m_directory(std::move(directory))
{
}

void MessageTransfer::open(const QStringList &paths)
{
    QStringList messages;
    QStringList pages;
    QStringList files;
    for (const QString &path : paths) {
        const QString suffix = QFileInfo(path).suffix().toLower();
        if (suffix == "eml"_L1)
            messages.append(path);
        else if (suffix == "html"_L1 || suffix == "htm"_L1)
            pages.append(path);
        else
            files.append(path);
    }
    tellUnused(messages.mid(1) + pages.mid(1));
    if (!messages.isEmpty())
        openMessageFile(messages.first(), files);
    else if (!files.isEmpty())
        Q_EMIT filesChosen(files);
    if (!pages.isEmpty())
        readHtmlFile(pages.first());
}

void MessageTransfer::tellUnused(const QStringList &paths)
{
    if (paths.isEmpty())
        return;
    QStringList names;
    for (const QString &path : paths)
        names.append(u"“%1”"_s.arg(QFileInfo(path).fileName()));
    Q_EMIT failed(u"unused"_s,
        tr("The composer holds one message: %1 was not opened. Open one at a time.")
            .arg(names.join(u", "_s)));
}

void MessageTransfer::openMessageFile(const QString &path, const QStringList &files)
{
    const QString name = u"“%1”"_s.arg(QFileInfo(path).fileName());
    QtConcurrent::run(openMessage, path, m_directory)
        .then(this, [this, name, files](const Base::Result<Mime::MessageDraft> &read) {
            if (!read) {
                Q_EMIT failed(openAbout,
                    tr("%1 could not be opened. %2")
                        .arg(name, Explain::explain(read.error()).withNextStep()));
                return;
            }
            Q_EMIT opened(*read, name);
            if (!files.isEmpty())
                Q_EMIT filesChosen(files);
        });
}

void MessageTransfer::readHtmlFile(const QString &path)
{
    QtConcurrent::run(readHtml, path).then(this, [this, path](const Base::Result<QString> &html) {
        if (html)
            Q_EMIT htmlRead(*html);
        else
            Q_EMIT failed(openAbout,
                tr("“%1” could not be opened. %2")
                    .arg(
                        QFileInfo(path).fileName(), Explain::explain(html.error()).withNextStep()));
    });
}

void MessageTransfer::openBytes(const QByteArray &bytes)
{
    QtConcurrent::run(draftFromBytes, bytes, m_directory)
        .then(this, [this](const Base::Result<Mime::MessageDraft> &read) {
            if (read)
                Q_EMIT opened(*read, tr("The message"));
            else
                Q_EMIT failed(openAbout,
                    tr("The message could not be opened. %1")
                        .arg(Explain::explain(read.error()).withNextStep()));
        });
}

void MessageTransfer::save(const Mime::MessageDraft &draft, const QString &path)
{
    QtConcurrent::run(saveMessage, draft, path)
        .then(this, [this, path](const Base::Result<void> &written) {
            if (written)
                Q_EMIT saved(path);
            else
                Q_EMIT failed(u"save"_s,
                    tr("The message was not saved. %1")
                        .arg(Explain::explain(written.error()).withNextStep()));
        });
}

} // namespace Mailgauge::Compose
