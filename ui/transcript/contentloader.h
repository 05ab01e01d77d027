// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "transcript/transcript.h"

#include <QFuture>
#include <QObject>

#include <functional>

namespace Mailgauge::Transcript {

/// The part of a message that the stretch of message data at a row stands for: all of its pieces.
/// None where the line holds its bytes itself, or is no message data.
[[nodiscard]] std::optional<ContentRange> contentRangeAt(
    const Transcript &transcript, qsizetype row);

/// Fetches the bytes of message data, which a transcript only points to. Later answers than the
/// last one asked for are dropped.
class ContentLoader final : public QObject {
    Q_OBJECT

public:
    /// A kept message by its id; any thread may complete it.
    using Source = std::function<QFuture<Base::Result<QByteArray>>(const QUuid &message)>;

    /// None: nothing is fetched.
    void setSource(Source source) { m_source = std::move(source); }
    /// At most `most` bytes from the beginning of the range. Whether anything was asked for.
    bool load(const ContentRange &range, qint64 most);
    void forget() { ++m_asked; }

Q_SIGNALS:
    void loaded(const QByteArray &bytes);
    void failed(const Mailgauge::Base::Error &error);

private:
    Source m_source;
    quint64 m_asked = 0;
};

} // namespace Mailgauge::Transcript
