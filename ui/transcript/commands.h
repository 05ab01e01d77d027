// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QList>
#include <QObject>

class QAction;
class QWidget;

namespace Mailgauge::Transcript {

/// What the Transcript panel can do, by id ("transcript.find"): its bars, menus and the command
/// palette are made from it.
class Commands final : public QObject {
    Q_OBJECT

public:
    /// Shortcuts hold in `panel`, or in its whole window where asked for.
    explicit Commands(QWidget *panel);

    QAction *add(const QString &id, const QString &text, const QString &icon,
        const QKeySequence &key = {}, Qt::ShortcutContext context = Qt::WidgetWithChildrenShortcut);
    /// One that somebody else made.
    void adopt(QAction *action);
    [[nodiscard]] QAction *action(const QString &id) const;
    [[nodiscard]] const QList<QAction *> &all() const { return m_all; }

private:
    QWidget *m_panel;
    QList<QAction *> m_all;
};

} // namespace Mailgauge::Transcript
