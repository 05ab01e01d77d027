// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionsearch.h"

#include <QLineEdit>
#include <QStringListModel>
#include <QTimer>

class QCompleter;

namespace Mailgauge::Sessions {

/// Where a search among the sessions is typed: plain words and fields (transcript/sessionsearch.h),
/// with completion of fields and values at the cursor. Speaks after a short pause, and only of what
/// can be searched for; why the rest cannot is a sentence of its own.
class SearchField final : public QLineEdit {
    Q_OBJECT

public:
    explicit SearchField(QWidget *parent = nullptr);

    [[nodiscard]] const QList<Transcript::SessionTerm> &terms() const { return m_terms; }
    /// Values offered behind `tag:` and `relay:`.
    void setTags(const QStringList &tags) { m_tags = tags; }
    void setRelays(const QStringList &relays) { m_relays = relays; }

Q_SIGNALS:
    void termsChanged();
    /// Empty: there is none any more.
    void problemChanged(const QString &sentence);

private:
    void read();
    void offer();
    void complete(const QString &word);
    [[nodiscard]] QStringList candidates(const QString &word) const;
    /// Where the word under the cursor begins.
    [[nodiscard]] qsizetype wordStart() const;

    QTimer m_pause;
    QCompleter *m_completer;
    QStringListModel m_offers;
    QList<Transcript::SessionTerm> m_terms;
    QStringList m_tags;
    QStringList m_relays;
    QString m_problem;
};

/// Why it is none, for people.
[[nodiscard]] QString sentenceOf(const Transcript::SearchProblem &problem);

} // namespace Mailgauge::Sessions
