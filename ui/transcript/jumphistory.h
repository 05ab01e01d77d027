// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

#include <optional>

namespace Mailgauge::Transcript {

/// Where the user was before each jump, as a browser keeps its pages. Rows are the transcript's.
class JumpHistory final {
public:
    static constexpr qsizetype Limit = 100;

    /// A jump is about to happen from here; what was ahead is forgotten.
    void leave(qsizetype row);
    [[nodiscard]] bool canGoBack() const { return !m_back.isEmpty(); }
    [[nodiscard]] bool canGoForward() const { return !m_forward.isEmpty(); }
    /// Where to go from here; nothing at the end.
    [[nodiscard]] std::optional<qsizetype> back(qsizetype row);
    [[nodiscard]] std::optional<qsizetype> forward(qsizetype row);
    void clear();

private:
    static std::optional<qsizetype> step(
        QList<qsizetype> &from, QList<qsizetype> &to, qsizetype row);

    QList<qsizetype> m_back;
    QList<qsizetype> m_forward;
};

} // namespace Mailgauge::Transcript
