// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/reader.h"
#include "theme/theme.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QTabWidget;
class QTableWidget;

namespace Mailgauge::Sandbox {

/// One received message, safely: its text, its header fields, its parts, its octets. HTML is shown
/// as source only; the composer's preview is where it is drawn.
class MessageView final : public QWidget {
    Q_OBJECT

public:
    explicit MessageView(Theme::Theme &theme, QWidget *parent = nullptr);

    /// Reads the message off the GUI thread.
    void setMessage(const QByteArray &bytes);
    /// Instead of a message.
    void showNote(const QString &note);
    void clear();
    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }

private:
    void show(const Mime::ParsedMessage &message);

    QByteArray m_bytes;
    int m_generation = 0;
    QLabel *m_subject;
    QLabel *m_from;
    QTabWidget *m_tabs;
    QPlainTextEdit *m_text;
    QTableWidget *m_headers;
    QTableWidget *m_parts;
    QPlainTextEdit *m_raw;
};

} // namespace Mailgauge::Sandbox
