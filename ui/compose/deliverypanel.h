// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/deliveryoptions.h"

#include <QHash>
#include <QWidget>

class QAbstractButton;
class QButtonGroup;
class QCheckBox;
class QComboBox;
class QDateTimeEdit;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;

namespace Mailgauge::Models {
class DeliveryModel;
}
namespace Mailgauge::Theme {
class Theme;
}
namespace Mailgauge::Widgets {
class FieldRow;
}

namespace Mailgauge::Compose {

/// What is asked of the delivery: reports, time and priority, trust, further parameters, where to
/// stop, how often, what to fill in. Shows and changes a DeliveryModel.
class DeliveryPanel final : public QWidget {
    Q_OBJECT

public:
    DeliveryPanel(
        const Theme::Theme &theme, Models::DeliveryModel &model, QWidget *parent = nullptr);

    [[nodiscard]] bool hasProblem() const;
    /// Brings the first field that is wrong into view.
    void showProblem();

private:
    void addReports(QFormLayout *form);
    void addTimes(QFormLayout *form);
    void addTrust(QFormLayout *form);
    void addParameters(QFormLayout *form);
    void addStop(QFormLayout *form);
    void addTranscript(QFormLayout *form);
    void addRepeat(QFormLayout *form);
    void addTemplate(QFormLayout *form);
    [[nodiscard]] QLineEdit *addText(
        QFormLayout *form, const QString &name, const QString &label, const QString &placeholder);
    [[nodiscard]] QCheckBox *makeCheck(const QString &name, const QString &text);
    [[nodiscard]] QSpinBox *makeNumber(
        const QString &name, const QString &spoken, int least, int most);
    [[nodiscard]] QComboBox *makeChoice(
        const QString &name, const QString &spoken, const QStringList &items);
    void addLine(QFormLayout *form, const QString &label, const QList<QWidget *> &widgets);
    void addHeading(QFormLayout *form, const QString &text);

    /// The user worked on `field`.
    void change(const QString &field);
    [[nodiscard]] Delivery::DeliveryOptions shown() const;
    void fill(const Delivery::DeliveryOptions &options);
    void follow();

    static constexpr int Highest = 9; ///< Priority (RFC 6710).

    const Theme::Theme &m_theme;
    Models::DeliveryModel &m_model;
    QWidget *m_page;
    QHash<int, QCheckBox *> m_notify; ///< By DsnOptions::When.
    QComboBox *m_return = nullptr;
    QLineEdit *m_envelopeId = nullptr;
    QCheckBox *m_originalRecipient = nullptr;
    QCheckBox *m_vouch = nullptr;
    QLineEdit *m_submitter = nullptr;
    QCheckBox *m_requireTls = nullptr;
    QCheckBox *m_deliverBy = nullptr;
    QSpinBox *m_within = nullptr;
    QComboBox *m_late = nullptr;
    QCheckBox *m_trace = nullptr;
    QComboBox *m_hold = nullptr;
    QSpinBox *m_holdFor = nullptr;
    QDateTimeEdit *m_holdUntil = nullptr;
    QComboBox *m_priority = nullptr;
    QLineEdit *m_mailParameters = nullptr;
    QLineEdit *m_rcptParameters = nullptr;
    QComboBox *m_stop = nullptr;
    QButtonGroup *m_stages = nullptr; ///< The ids are Smtp::Stage.
    QCheckBox *m_traceTls = nullptr;
    QSpinBox *m_messages = nullptr;
    QSpinBox *m_sessions = nullptr;
    QCheckBox *m_fill = nullptr;
    QPlainTextEdit *m_values = nullptr;
    QLabel *m_problem;
    QHash<QString, Widgets::FieldRow *> m_rows;
    bool m_showing = true; ///< Nothing is an edit: fields are being made or filled.
};

} // namespace Mailgauge::Compose
