// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mime/draft.h"
#include "mime/template.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QLineEdit;
class QToolButton;

namespace Mailgauge::Models {
class AddressBook;
}
namespace Mailgauge::Theme {
class Theme;
}
namespace Mailgauge::Widgets {
class FieldRow;
}

namespace Mailgauge::Compose {

class AddressEdit;

/// What of the fields is to be sent: beside the message of a file it is the envelope alone.
enum class Judge : quint8 {
    Envelope,
    Message,
};

/// The envelope and the address fields of a message. Cc, Bcc and Reply-To are shown on demand, or
/// when they hold something.
class MessageFields final : public QWidget {
    Q_OBJECT

public:
    MessageFields(
        const Theme::Theme &theme, Models::AddressBook &addresses, QWidget *parent = nullptr);

    void setDraft(const Mime::MessageDraft &draft);
    /// Fills in the fields that are edited here.
    void fill(Mime::MessageDraft &draft) const;

    [[nodiscard]] QString reversePath() const;
    [[nodiscard]] bool nullReversePath() const;
    [[nodiscard]] QString forwardPaths() const;
    /// The user chose to keep the secrets of the next run. Asking takes the choice back: it is made
    /// for each run anew.
    [[nodiscard]] bool takeKeepSecrets();
    void setEnvelope(const QString &reversePath, bool nullReversePath, const QString &forwardPaths);

    /// Tells at each field of that what is wrong with it, filled in by `values` if there are any;
    /// true where all is well. Else the first wrong one has the focus.
    bool validate(const std::optional<Mime::TemplateValues> &values, Judge what);
    void focusFirstEmpty();

Q_SIGNALS:
    void edited();

private:
    using FieldRow = Widgets::FieldRow;

    FieldRow *addRow(QGridLayout *grid, const QString &label, QLineEdit *field,
        const QList<QWidget *> &behind = {}, bool optional = false);
    QToolButton *makeToggle(const QString &text, const QString &toolTip);
    AddressEdit *makeAddresses(const QString &name, const QString &accessible);
    QWidget *makeEnvelope();
    void showOptional(FieldRow *row, bool visible);
    [[nodiscard]] bool check(FieldRow *row, const QString &problem);

    const Theme::Theme &m_theme;
    Models::AddressBook &m_addresses;
    QHash<FieldRow *, QLabel *> m_labels;
    FieldRow *m_from = nullptr;
    FieldRow *m_to = nullptr;
    FieldRow *m_cc = nullptr;
    FieldRow *m_bcc = nullptr;
    FieldRow *m_replyTo = nullptr;
    FieldRow *m_subject = nullptr;
    FieldRow *m_reverse = nullptr;
    FieldRow *m_forward = nullptr;
    QToolButton *m_showCc = nullptr;
    QToolButton *m_showBcc = nullptr;
    QToolButton *m_showReplyTo = nullptr;
    QToolButton *m_null = nullptr;
    QToolButton *m_keepSecrets = nullptr;
};

} // namespace Mailgauge::Compose
