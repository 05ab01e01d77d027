// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/importtext.h"

#include <QDialog>
#include <QTimer>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace Mailgauge::Sessions {

/// Takes a transcript that another program wrote: pasted, opened or dropped. Says at once what it
/// is read as and how many sessions are in it.
class ImportDialog final : public QDialog {
    Q_OBJECT

public:
    explicit ImportDialog(QWidget *parent = nullptr);

    void setText(const QByteArray &text);
    /// Reads a file off the GUI thread and shows it.
    void openFile(const QString &path);

Q_SIGNALS:
    void importRequested(const Mailgauge::Delivery::ImportedText &imported);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void look();
    void tell(const Base::Result<Delivery::ImportedText> &read);
    void chooseFile();
    void refuse(const QString &why);
    [[nodiscard]] std::optional<Transcript::SourceFormat> format() const;

    QPlainTextEdit *m_edit;
    QComboBox *m_format;
    QLabel *m_cut; ///< While the text is too long to be edited.
    QLabel *m_verdict;
    QPushButton *m_import;
    QTimer m_delay;
    QByteArray m_text; ///< As it came: the editor would change bytes that are no text.
    std::optional<Delivery::ImportedText> m_read;
    quint64 m_generation = 0; ///< Answers about an older text are dropped.
    quint64 m_opening = 0; ///< The same for files; what is typed meanwhile counts more, too.
};

} // namespace Mailgauge::Sessions
