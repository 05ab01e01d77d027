// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>

#include <functional>

namespace Mailgauge::Transcript {

/// What a filter can be made of: the fields with their values, the filters that were saved and
/// those that were in use before. Field values are filled in when it opens.
class FilterMenu final : public QMenu {
    Q_OBJECT

public:
    /// A value to pick: what to write, and what to call it.
    struct Choice {
        QString value;
        QString title;
    };
    using Choices = std::function<QList<Choice>()>;

    explicit FilterMenu(QWidget *parent);

    /// Who knows the sessions and recipients that are there.
    void setSources(Choices sessions, Choices recipients);
    /// Before it opens: the expression in use decides what is ticked.
    void fill(const QString &expression);
    /// An expression that was in use; the newest comes first.
    void remember(const QString &expression);

    [[nodiscard]] const QStringList &history() const { return m_history; }
    [[nodiscard]] const QStringList &saved() const { return m_saved; }
    void setLists(const QStringList &history, const QStringList &saved);

Q_SIGNALS:
    void expressionChosen(const QString &expression);
    /// An empty value takes the field away.
    void valueChosen(const QString &field, const QString &value);
    void listsChanged();

private:
    void addField(const QString &title, const QString &field, const QList<Choice> &choices,
        const QString &expression);
    void addLists(const QString &expression);

    QList<QMenu *> m_fields; ///< clear() would leave them.
    QStringList m_history;
    QStringList m_saved;
    Choices m_sessions;
    Choices m_recipients;
};

} // namespace Mailgauge::Transcript
