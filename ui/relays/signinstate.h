// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>
#include <QUrl>

namespace Mailgauge::Relays {

/// How far signing in to a relay's provider is, for the form.
struct SignInState {
    enum class Phase : quint8 {
        Unknown, ///< Being looked up.
        SignedOut,
        Waiting, ///< For the browser to come back.
        SignedIn,
    };
    Phase phase = Phase::Unknown;
    QUrl page {}; ///< While waiting: what the user has to open.
    bool browserOpened = false; ///< While waiting: the desktop took the page.
    QDateTime expires {}; ///< Signed in: of the access token; invalid: not told.
    bool renews = false; ///< Signed in: the token is renewed by itself.
    QString problem {}; ///< Why the last attempt failed, for people; empty where none did.
};

} // namespace Mailgauge::Relays
