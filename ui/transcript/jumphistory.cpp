// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/jumphistory.h"

namespace Mailgauge::Transcript {

void JumpHistory::leave(qsizetype row)
{
    m_forward.clear();
    if (row < 0 || (!m_back.isEmpty() && m_back.constLast() == row))
        return;
    m_back.append(row);
    if (m_back.size() > Limit)
        m_back.removeFirst();
}

std::optional<qsizetype> JumpHistory::step(
    QList<qsizetype> &from, QList<qsizetype> &to, qsizetype row)
{
    while (!from.isEmpty()) {
        const qsizetype target = from.takeLast();
        if (target == row)
            continue;
        if (row >= 0)
            to.append(row);
        return target;
    }
    return std::nullopt;
}

std::optional<qsizetype> JumpHistory::back(qsizetype row)
{
    return step(m_back, m_forward, row);
}

std::optional<qsizetype> JumpHistory::forward(qsizetype row)
{
    return step(m_forward, m_back, row);
}

void JumpHistory::clear()
{
    *this = {};
}

} // namespace Mailgauge::Transcript
