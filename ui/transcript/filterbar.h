// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/expressionedit.h"

#include <QTimer>
#include <QToolBar>

class QMenu;
class QToolButton;

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

class Commands;
class FilterMenu;

/// What to show: an expression, its fields to be picked from a menu, quick buttons for refusals,
/// TLS and AUTH, one session or all. Whoever owns it adds further actions behind.
class FilterBar final : public QToolBar {
    Q_OBJECT

public:
    explicit FilterBar(const Theme::Theme &theme, Commands &commands, QWidget *parent = nullptr);

    /// Everything but the session that is followed, which the panel knows. The conditions are the
    /// last ones that could be understood.
    [[nodiscard]] LineFilter filter() const;
    [[nodiscard]] QAction *sessionOnly() const { return m_sessionOnly; }
    [[nodiscard]] FilterMenu &menu() { return *m_menu; }
    [[nodiscard]] QList<QAction *> quickActions() const
    {
        return {m_transient, m_permanent, m_unexpected, m_tls, m_auth};
    }
    [[nodiscard]] QString expression() const { return m_text->text(); }
    /// Replaces the expression and applies it at once.
    void setExpression(const QString &expression);
    /// Puts a field's value, or with an empty `field` a further term, into the expression.
    void addTerm(const QString &field, const QString &value);
    void reset();
    /// Somebody types elsewhere in the panel: take it up here.
    void startTyping(const QString &text);
    /// A search goes on: offer to end it.
    void setSearching(bool searching);

Q_SIGNALS:
    void filterChanged();
    /// Empty: nothing is wrong.
    void problemChanged(const QString &sentence);
    void stopRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QAction *addQuick(Commands &commands, const QString &id, const QString &label,
        const QString &text, const QKeySequence &key);
    void makeEdit();
    void apply();
    void leave();

    ExpressionEdit *m_text;
    FilterMenu *m_menu;
    QAction *m_transient;
    QAction *m_permanent;
    QAction *m_unexpected;
    QAction *m_tls;
    QAction *m_auth;
    QAction *m_sessionOnly;
    QAction *m_stop;
    LineConditions m_conditions; ///< In force.
    QString m_problem;
    QTimer m_typing; ///< A filter per pause, not per letter.
};

} // namespace Mailgauge::Transcript
