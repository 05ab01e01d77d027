// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/wish.h"

#include <QWidget>

class QCheckBox;
class QHBoxLayout;
class QLineEdit;
class QSpinBox;
class QTreeWidget;
class QTreeWidgetItem;

namespace Mailgauge::Diagnose {

/// What is to be tried and checked: families, ways to be secure, and the checks, harmless ones on,
/// the inspection of TLS and intrusive ones off; what each does stands beside it. Below: whom the
/// checks name, and how far they go.
class CheckChoice final : public QWidget {
    Q_OBJECT

public:
    explicit CheckChoice(QWidget *parent = nullptr);

    /// Puts families, modes, checks and consents into `wish`.
    void fill(Wish &wish) const;
    /// Why it cannot begin as it is; empty where it can.
    [[nodiscard]] QString problem() const;
    /// Whether the relay that is chosen has a password of ours.
    void setPasswordKnown(bool known);

Q_SIGNALS:
    void changed();

private:
    QSpinBox *makeNumber(const QString &objectName, const QString &label, int most, int value);
    [[nodiscard]] QHBoxLayout *makeLimits();
    QCheckBox *makeBox(const QString &text, bool checked);
    QTreeWidgetItem *addGroup(const QString &title);
    void makeTree();
    [[nodiscard]] QSet<Check> checks() const;
    [[nodiscard]] bool isChosen(Consent consent) const;

    QList<std::pair<QCheckBox *, Family>> m_families;
    QList<std::pair<QCheckBox *, TlsMode>> m_modes;
    QTreeWidget *m_tree;
    QTreeWidgetItem *m_inspection = nullptr;
    QLineEdit *m_recipient;
    QCheckBox *m_ownServer;
    QLineEdit *m_foreign;
    QSpinBox *m_recipients;
    QSpinBox *m_parallel;
    QSpinBox *m_pause;
    bool m_isPasswordKnown = false;
};

} // namespace Mailgauge::Diagnose
