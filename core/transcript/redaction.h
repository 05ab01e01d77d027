// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/pseudonyms.h"
#include "transcript/sessionexporter.h"

#include <optional>

namespace Mailgauge::Transcript {

/// How much is taken out of what leaves. Secrets never leave at any level: they are cut out where
/// they are made.
enum class RedactionLevel : quint8 {
    Secrets, ///< No more than that.
    Addresses, ///< Local parts of addresses and logins become pseudonyms (faults E8).
    Bodies, ///< And the content of messages becomes its size; its header fields stay.
};

/// "secrets", "addresses", "bodies".
[[nodiscard]] QByteArrayView redactionLevelName(RedactionLevel level);
[[nodiscard]] std::optional<RedactionLevel> redactionLevelFromName(QByteArrayView name);

/// What diagnostics are shared with, unless somebody chooses otherwise.
inline constexpr RedactionLevel defaultRedaction = RedactionLevel::Addresses;

/// "[left out: 1234 octets in 20 lines]"
[[nodiscard]] QByteArray leftOutMark(qint64 octets, qint64 lines);

/// Whether a line still belongs to the header section of a message (RFC 5322 2.2): a field or,
/// `behindField`, its continuation. At level Bodies whatever comes behind another line is body, an
/// empty line between them or not.
[[nodiscard]] bool isHeaderLine(QByteArrayView line, bool behindField);

/// Takes out of sessions what a level says, the same way wherever it stands: one Redactor makes one
/// export. The sessions' own addresses get the first pseudonyms, in their order, whatever is
/// redacted first. First lines name the level as "redaction", but not at level Secrets, which
/// changes nothing. Session and profile ids, host names and IP addresses stay, the Message-ID too
/// unless it holds a known local part; the user's home directory becomes "~". Fields this version
/// does not know are redacted as text is; at level Bodies they are left out.
///
/// Lines are read one by one. Where an imported transcript holds message data as lines, an address
/// that base64 or quoted-printable break over two of them stays; level Bodies leaves them out.
class Redactor final {
public:
    /// `logins`: user names that are no part of the records.
    Redactor(RedactionLevel level, const QList<SessionRecord> &records,
        const QList<QByteArray> &logins = {});

    [[nodiscard]] RedactionLevel level() const { return m_level; }
    /// Error kind: Cancelled, by `progress`.
    [[nodiscard]] Base::Result<ExportedSession> apply(
        const ExportedSession &session, const Progress &progress = {});
    [[nodiscard]] SessionRecord apply(SessionRecord record);
    [[nodiscard]] Base::Result<QList<Entry>> apply(
        const QList<Entry> &entries, const Progress &progress = {});
    [[nodiscard]] Pseudonyms &pseudonyms() { return m_pseudonyms; }

private:
    void know(const QByteArray &address);
    [[nodiscard]] Entry apply(Entry entry);
    [[nodiscard]] Smtp::Mailbox apply(const Smtp::Mailbox &mailbox);
    [[nodiscard]] QByteArray applyToText(const QByteArray &text, Direction direction);
    void apply(std::optional<Smtp::Reply> &reply);
    void apply(std::optional<Smtp::Failure> &failure);
    void apply(Tls::TlsFacts &facts);
    [[nodiscard]] QJsonValue apply(const QJsonValue &value);
    void apply(UnknownFields &unknown);

    RedactionLevel m_level;
    Pseudonyms m_pseudonyms;
};

} // namespace Mailgauge::Transcript
