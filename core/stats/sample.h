// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "smtp/outcome.h"

#include <QDateTime>
#include <QFuture>
#include <QList>
#include <QUuid>

#include <optional>

namespace Mailgauge::Stats {

/// One recipient's end, as charts need it: what statistics are made of.
struct Sample {
    QDateTime time; ///< UTC, when the session started.
    QUuid session;
    QByteArray recipient;
    QByteArray domain; ///< Of the recipient, lower case.
    Smtp::Outcome outcome = Smtp::Outcome::Failed;
    int replyCode = 0; ///< 0: no reply decided.
    QByteArray enhanced;
    qint64 latencyUs = 0; ///< Whole session.
    std::optional<bool> bouncedHard; ///< Set when a bounce came back later.

    bool operator==(const Sample &) const = default;
};

/// How long one session spent in one stage.
struct StageSample {
    QUuid session;
    Smtp::Stage stage = Smtp::Stage::Connect;
    qint64 us = 0;

    bool operator==(const StageSample &) const = default;
};

/// Which sessions' stages to read.
struct StageQuery {
    static constexpr int MostSessions = 10'000;

    QDateTime from; ///< Invalid: from the beginning.
    QList<QUuid> sessions; ///< Empty: all, the newest MostSessions of them.
};

/// Implemented by store/. Any thread.
class SampleSource {
public:
    virtual ~SampleSource() = default;
    /// Oldest first. Invalid `from` means from the beginning.
    virtual QFuture<Base::Result<QList<Sample>>> samples(QDateTime from) = 0;
    /// Of finished sessions, in no order.
    virtual QFuture<Base::Result<QList<StageSample>>> stages(StageQuery query) = 0;
    /// Whether there is any, of whatever time.
    virtual QFuture<Base::Result<bool>> hasSamples() = 0;
};

} // namespace Mailgauge::Stats
