// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"

#include <QObject>

namespace Mailgauge::Compose {

/// Messages come from files and octets and go to files, read and written by workers.
class MessageTransfer final : public QObject {
    Q_OBJECT

public:
    /// The attachments of what is opened go below `directory`.
    explicit MessageTransfer(QString directory, QObject *parent = nullptr);

    /// Sorts files by what the composer does with each: the first .eml is opened, the first HTML
    /// file becomes the HTML, the rest is attached, to the message that was opened if there is one.
    void open(const QStringList &paths);
    /// A message as octets.
    void openBytes(const QByteArray &bytes);
    void save(const Mime::MessageDraft &draft, const QString &path);

Q_SIGNALS:
    void opened(const Mailgauge::Mime::MessageDraft &draft, const QString &what);
    void htmlRead(const QString &html);
    void filesChosen(const QStringList &paths);
    void saved(const QString &path);
    /// `about`: "open" or "save".
    void failed(const QString &about, const QString &sentence);

private:
    void openMessageFile(const QString &path, const QStringList &files);
    void readHtmlFile(const QString &path);
    void tellUnused(const QStringList &paths);

    QString m_directory;
};

} // namespace Mailgauge::Compose
