// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/wish.h"
#include "relay/profileservice.h"

#include <QWidget>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QStackedLayout;
class QToolButton;

namespace Mailgauge::Widgets {
class ElidedLabel;
}

namespace Mailgauge::Diagnose {

/// Above the results: which relay, which ports, start and stop, and how far it is.
class DiagnoseHead final : public QWidget {
    Q_OBJECT

public:
    explicit DiagnoseHead(Relay::ProfileService &profiles, QWidget *parent = nullptr);

    void setProfile(const QUuid &profile);
    /// Puts relay and ports into `wish`.
    void fill(Wish &wish) const;
    /// Why it cannot begin as it is; empty where it can.
    [[nodiscard]] QString problem() const;
    /// Shown below the fields; empty: all is well, and Start is enabled.
    void setProblem(const QString &sentence);
    /// Whether the relay chosen is a profile that logs in.
    [[nodiscard]] bool isPasswordKnown() const;
    void setRunning(bool running);
    /// Asked for once: Stop cannot be chosen again.
    void setStopping();
    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    void setProgress(int done, int total);
    /// What goes on beside the count, such as a pause; empty: nothing.
    void setNote(const QString &note);
    [[nodiscard]] QAction *choiceAction() const { return m_choice; }
    [[nodiscard]] QAction *startAction() const { return m_start; }
    [[nodiscard]] QAction *stopAction() const { return m_stop; }
    /// At the right end: what else can be done.
    void addTool(QToolButton *tool);

Q_SIGNALS:
    void changed();

private:
    void makeFields();
    void makeLayout();
    void refill();
    void suggestPorts();
    void updateState();
    [[nodiscard]] std::optional<Relay::RelayProfile> profile() const;

    Relay::ProfileService &m_profiles;
    QComboBox *m_kind;
    QComboBox *m_profile;
    QLineEdit *m_name;
    QLineEdit *m_ports;
    QAction *m_choice; ///< Checked: what to check is shown.
    QAction *m_start;
    QAction *m_stop;
    QPushButton *m_button;
    QStackedLayout *m_which;
    QWidget *m_fields;
    QLabel *m_problem;
    QProgressBar *m_bar;
    Widgets::ElidedLabel *m_progress;
    QString m_count;
    QString m_note;
    bool m_isRunning = false;
    bool m_isStopping = false;
    bool m_portsTyped = false;
};

/// "25, 465 587" -> the ports, sorted, each once; nothing where one is none.
[[nodiscard]] std::optional<QList<quint16>> portsFromText(const QString &text);

} // namespace Mailgauge::Diagnose
