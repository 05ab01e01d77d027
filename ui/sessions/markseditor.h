// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QUuid>
#include <QWidget>

class QLabel;
class QLineEdit;

namespace Mailgauge::Sessions {

/// Tags and note of one session, edited in place: what is typed counts once Return is pressed or
/// the field is left.
class MarksEditor final : public QWidget {
    Q_OBJECT

public:
    explicit MarksEditor(QWidget *parent = nullptr);

    /// What is being typed for the same session stays.
    void setMarks(const QUuid &session, const QStringList &tags, const QString &note);
Q_SIGNALS:
    void tagsEdited(const QUuid &session, const QStringList &tags);
    void noteEdited(const QUuid &session, const QString &note);

private:
    /// False where one of them is none; then nothing is changed.
    [[nodiscard]] bool readTags();
    void readNote();
    void showProblem(const QString &sentence);

    QLineEdit *m_tags;
    QLineEdit *m_note;
    QLabel *m_problem;
    QUuid m_session;
    QStringList m_keptTags;
    QString m_keptNote;
};

} // namespace Mailgauge::Sessions
