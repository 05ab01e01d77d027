// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/draftjournal.h"

#include <QObject>

#include <functional>
#include <optional>

namespace Mailgauge::Widgets {
class MessageStack;
}

namespace Mailgauge::Compose {

/// Nothing written is lost: whatever takes the place of the message in the composer comes by here.
/// What was there can be put back, is on disk, and comes back after a crash.
class DraftKeeper final : public QObject {
    Q_OBJECT

public:
    /// Where the message is: read it, and put another in its place.
    struct Composer {
        std::function<Draft()> current;
        std::function<void(const Draft &)> put;
    };

    DraftKeeper(const QString &directory, Composer composer, Widgets::MessageStack &messages,
        QObject *parent = nullptr);
    ~DraftKeeper() override;

    /// Puts a message that is elsewhere, too, or empty. What the user wrote and this replaces is
    /// offered back; `sentence` says what happened.
    void replace(const Draft &draft, const QString &sentence);
    /// The user wrote something.
    void touch() { m_journal.touch(); }
    /// Puts back what the last run left in order, else a first message; offers the rest.
    void recover();
    /// The program ends. Why the message could not be kept, where it could not.
    Base::Result<void> close();

private:
    [[nodiscard]] bool isWritten(const Draft &draft) const;
    void putBack(const Draft &draft, const QString &sentence);
    void offer();
    void restore();
    void discard();
    void finishDiscard();

    Composer m_composer;
    Widgets::MessageStack &m_messages;
    DraftJournal m_journal;
    std::optional<Draft> m_put; ///< What stands there and was not written here.
    QList<DraftJournal::Found> m_offered;
    std::optional<DraftJournal::Found> m_discarded; ///< Goes for good with its bar.
};

} // namespace Mailgauge::Compose
