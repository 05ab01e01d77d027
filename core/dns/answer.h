// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "dns/message.h"

namespace Mailgauge::Dns {

struct Question {
    QByteArray name; ///< See name.h.
    Type type = Type::A;
    bool operator==(const Question &) const = default;
};

enum class Status : quint8 {
    Found,
    NoData, ///< The name exists, without such records.
    NxDomain,
    ServerFailure, ///< SERVFAIL, REFUSED, or a server that cannot be reached.
    Timeout,
    Bogus, ///< DNSSEC says that the answer was tampered with, or its zone is broken.
};

/// What became of one question.
struct Answer {
    Question question {};
    Status status = Status::ServerFailure;
    QList<Record> records {}; ///< Of the type asked for; none where `status` is not Found.
    /// The names behind the one asked for, where it is an alias: the last one owns the records.
    QByteArrayList aliases {};
    quint32 ttl = 0; ///< Seconds; of the absence where nothing was found.
    bool authenticated = false; ///< The chain of signatures up to a trust anchor holds (RFC 4035).
    QString reason {}; ///< Why it is bogus or failed; untranslated.
    qsizetype malformed = 0; ///< Records that were left out.
    bool cut = false; ///< Records beyond Message::MaxRecords were left out.

    /// A later try may find what this one did not.
    [[nodiscard]] bool isTemporary() const
    {
        return status != Status::Found && status != Status::NoData && status != Status::NxDomain;
    }
    /// The name that owns the records.
    [[nodiscard]] QByteArray canonicalName() const
    {
        return aliases.isEmpty() ? question.name : aliases.last();
    }
    /// The data of all records of one kind.
    template <typename Data>
    [[nodiscard]] QList<Data> all() const
    {
        QList<Data> list;
        for (const Record &record : records) {
            if (const auto *data = std::get_if<Data>(&record.data))
                list.append(*data);
        }
        return list;
    }

    bool operator==(const Answer &) const = default;
};

/// Aliases, records and status from a message that answers `question`; an alias loop is a
/// ServerFailure.
[[nodiscard]] Answer answerFrom(const Question &question, const Message &message);

/// Why there is no record, of kind Resolve; temporary where a later try may help.
[[nodiscard]] Base::Error errorOf(const Answer &answer);

/// For a transcript: "MX example.org: 10 mx.example.org; 300 s, authenticated".
[[nodiscard]] QString describe(const Answer &answer);

} // namespace Mailgauge::Dns
