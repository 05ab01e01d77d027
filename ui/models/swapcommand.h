// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QUndoCommand>

#include <functional>
#include <utility>

namespace Mailgauge::Models {

/// Undo for a list that is changed as a whole: undo and redo both swap the list that a model has
/// with the one kept here.
template <typename T>
class SwapCommand final : public QUndoCommand {
public:
    /// Takes the list to have from now on, returns the one before.
    using Exchange = std::function<QList<T>(QList<T>)>;

    SwapCommand(Exchange exchange, QList<T> other, const QString &text)
        : QUndoCommand(text)
        , m_exchange(std::move(exchange))
        , m_other(std::move(other))
    {
    }
    void redo() override { m_other = m_exchange(std::move(m_other)); }
    void undo() override { redo(); }

private:
    Exchange m_exchange;
    QList<T> m_other;
};

} // namespace Mailgauge::Models
