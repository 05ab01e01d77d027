// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/bundlefiles.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QPlainTextEdit;
class QToolButton;

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// Shows the files that leave, each to its last byte: a list, and the text of the chosen one, page
/// by page. What is no printable UTF-8 is shown as escapes.
class ExportPreview final : public QWidget {
    Q_OBJECT

public:
    /// About as much text as a view lays out at once without a pause.
    static constexpr qsizetype PageSize = 128 * 1024;

    explicit ExportPreview(const Theme::Theme &theme, QWidget *parent = nullptr);

    /// Keeps the file that is shown, where there still is one of that name.
    void setFiles(const QList<Bundle::BundleFile> &files);
    void clear();

private:
    void showFile();
    void showPage(qsizetype page);
    [[nodiscard]] QByteArray current() const;

    QList<Bundle::BundleFile> m_files;
    QList<qsizetype> m_pages; ///< Where each page of the file shown begins, and its end.
    qsizetype m_page = 0;
    QString m_wanted = QStringLiteral(
        "transcript.txt"); ///< The file that was looked at last, also while there are none.
    QListWidget *m_list;
    QLabel *m_title;
    QPlainTextEdit *m_text;
    QToolButton *m_back;
    QToolButton *m_forward;
    QLabel *m_place;
};

} // namespace Mailgauge::Transcript
