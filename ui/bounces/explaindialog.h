// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QComboBox;
class QFormLayout;
class QLabel;
class QPlainTextEdit;

namespace Mailgauge::Bounces {

/// Says what a reply means that somebody pasted: from a log, a bounce, a terminal. Whose server it
/// was and what it replied to is recognised where the text tells, and can be chosen.
class ExplainDialog final : public QDialog {
    Q_OBJECT

public:
    explicit ExplainDialog(QWidget *parent = nullptr);

private:
    void look();
    [[nodiscard]] QLabel *addFact(const QString &name, const QString &objectName);
    void setFact(QLabel *value, const QString &text);

    QPlainTextEdit *m_edit;
    QComboBox *m_provider;
    QComboBox *m_stage;
    QLabel *m_title;
    QLabel *m_sentence;
    QFormLayout *m_facts;
    QLabel *m_cause;
    QLabel *m_nextStep;
    QLabel *m_who;
    QLabel *m_source;
};

} // namespace Mailgauge::Bounces
