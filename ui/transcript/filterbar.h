// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/linefilter.h"

#include <QTimer>
#include <QToolBar>

class QLineEdit;

namespace Mailgauge::Transcript {

/// What to show: a text, quick buttons for refusals, TLS and AUTH, one session or all. Whoever owns
/// it adds further actions behind.
class FilterBar final : public QToolBar {
    Q_OBJECT

public:
    explicit FilterBar(QWidget *parent = nullptr);

    /// Everything but the session, which the panel knows.
    [[nodiscard]] LineFilter filter() const;
    [[nodiscard]] QAction *sessionOnly() const { return m_sessionOnly; }
    void reset();
    /// Somebody types elsewhere in the panel: take it up here.
    void startTyping(const QString &text);

Q_SIGNALS:
    void filterChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QAction *addQuick(const QString &name, const QString &text, const QString &toolTip);

    QLineEdit *m_text;
    QAction *m_transient;
    QAction *m_permanent;
    QAction *m_tls;
    QAction *m_auth;
    QAction *m_sessionOnly;
    QTimer m_typing; ///< A filter per pause, not per letter.
};

} // namespace Mailgauge::Transcript
