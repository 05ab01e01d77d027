// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profileservice.h"

#include <QUndoCommand>

#include <optional>
#include <utility>

namespace Mailgauge::Relays {

/// One step of the profile list: from one state of a profile to another, none meaning that it does
/// not exist. Passwords are no part of it: ProfileService brings that of a deleted profile back.
class ProfileCommand final : public QUndoCommand {
public:
    enum class State : quint8 {
        ToDo,
        Done, ///< The first step was taken already: it is a step only once it is stored.
    };

    ProfileCommand(Relay::ProfileService &service, std::optional<Relay::RelayProfile> before,
        std::optional<Relay::RelayProfile> after, const QString &text, State state = State::ToDo,
        QUndoCommand *parent = nullptr)
        : QUndoCommand(text, parent)
        , m_service(service)
        , m_before(std::move(before))
        , m_after(std::move(after))
        , m_state(state)
    {
    }

    void undo() override { apply(m_after, m_before); }
    void redo() override
    {
        if (std::exchange(m_state, State::ToDo) == State::ToDo)
            apply(m_before, m_after);
    }

private:
    void apply(const std::optional<Relay::RelayProfile> &from,
        const std::optional<Relay::RelayProfile> &to)
    {
        if (to)
            m_service.save(*to);
        else if (from)
            m_service.remove(from->id);
    }

    Relay::ProfileService &m_service;
    std::optional<Relay::RelayProfile> m_before;
    std::optional<Relay::RelayProfile> m_after;
    State m_state;
};

} // namespace Mailgauge::Relays
