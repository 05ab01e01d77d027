// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "smtp/mailbox.h"
#include "smtp/stage.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace Mailgauge::Smtp {

/// One command line with its CRLF: the only way in which bytes other than content leave the client.
///
/// Every line passes one check: no control character, no octet above 127 outside MAIL and RCPT, at
/// most MaxLine octets. What breaks it is refused as InvalidInput, so nothing a user or a server
/// says can add a command (faults D1, D2).
class Command {
public:
    static constexpr qsizetype MaxLine
        = 12'288; ///< RFC 4954 4, the longest that any extension has.
    static constexpr qsizetype MaxAuthLine
        = 512; ///< An AUTH line with its initial response has to fit (RFC 4954 4).

    [[nodiscard]] static Base::Result<Command> ehlo(const QByteArray &name);
    [[nodiscard]] static Base::Result<Command> helo(const QByteArray &name);
    [[nodiscard]] static Base::Result<Command> lhlo(const QByteArray &name);
    /// Attributes as parseXclient() gives them.
    [[nodiscard]] static Base::Result<Command> xclient(const QList<QByteArray> &attributes);
    [[nodiscard]] static Command startTls();
    /// `response` is decoded; it is sent in base64 and secret, an empty one as `=`.
    [[nodiscard]] static Base::Result<Command> auth(
        const QByteArray &mechanism, const std::optional<QByteArray> &response);
    [[nodiscard]] static Base::Result<Command> authResponse(
        const QByteArray &mechanism, const QByteArray &response);
    /// Parameters are `KEYWORD` or `KEYWORD=VALUE` in printable ASCII without spaces.
    [[nodiscard]] static Base::Result<Command> mail(
        const std::optional<Mailbox> &reversePath, const QList<QByteArray> &parameters);
    [[nodiscard]] static Base::Result<Command> rcpt(
        const Mailbox &forwardPath, const QList<QByteArray> &parameters);
    [[nodiscard]] static Command data();
    enum class Chunk : quint8 {
        Further,
        Last,
    };
    /// RFC 3030 2. `octets` of content must follow at once. The stage is content, or dot for the
    /// last one, which commits.
    [[nodiscard]] static Command bdat(qint64 octets, Chunk chunk);
    /// The lone dot, where a server asks for the content although it refused every recipient.
    [[nodiscard]] static Command emptyContent();
    [[nodiscard]] static Command rset();
    [[nodiscard]] static Command quit();
    /// Any one line, as a person or a test harness wants it; UTF-8 allowed. The stage is the one of
    /// its verb; of those that have none (NOOP, VRFY, HELP …) it is Rset, for the deadline.
    [[nodiscard]] static Base::Result<Command> byHand(const QByteArray &line);
    /// What answers a challenge, as it was typed: secret as a whole, but for the `*` that gives up.
    [[nodiscard]] static Base::Result<Command> answerByHand(
        const QByteArray &line, const QByteArray &mechanism);
    /// A line of content, sent as it was typed; `.` ends it (stage dot).
    [[nodiscard]] static Base::Result<Command> contentByHand(const QByteArray &line);

    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }
    /// Without the CRLF.
    [[nodiscard]] QByteArray line() const { return m_bytes.chopped(2); }
    /// The same with secrets cut out, for people.
    [[nodiscard]] QByteArray shownLine() const;
    /// The first word in upper case.
    [[nodiscard]] QByteArray verb() const;
    /// It answers a challenge of AUTH and has no verb.
    [[nodiscard]] bool isAnswer() const;
    /// From here on all of the line is secret.
    void hide(const QByteArray &label) { m_secrets = {{0, m_bytes.size() - 2, label}}; }
    [[nodiscard]] const QList<Base::SecretSpan> &secrets() const { return m_secrets; }
    [[nodiscard]] Stage stage() const { return m_stage; }

private:
    enum class Octets : quint8 {
        Ascii,
        Utf8,
    };
    Command(QByteArray line, Stage stage);
    [[nodiscard]] static Base::Result<Command> checked(QByteArray line, Stage stage, Octets octets);
    [[nodiscard]] static Base::Result<Command> withParameters(
        QByteArray line, const QList<QByteArray> &parameters, Stage stage);
    void markSecret(qsizetype offset, const QByteArray &mechanism);

    QByteArray m_bytes;
    QList<Base::SecretSpan> m_secrets;
    Stage m_stage;
};

} // namespace Mailgauge::Smtp
