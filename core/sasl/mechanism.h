// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// SASL mechanisms (RFC 4422) as pure challenge -> response objects: bytes in, bytes out, no base64
/// and no protocol around them.
///
/// A user of this folder makes one by name, asks it for a response to each decoded challenge, and
/// when the server says that authentication succeeded, asks whether the server has proved itself.
/// Objects are used for one exchange only.
#include "base/error.h"
#include "base/secret.h"

#include <QByteArray>
#include <QList>

#include <memory>
#include <optional>

namespace Mailgauge::Sasl {

struct Credentials {
    QByteArray user; ///< UTF-8.
    QByteArray authorizationId; ///< Act as somebody else; usually empty.
    Base::Secret password; ///< UTF-8.
};

/// What to send. `sensitive`: must be hidden wherever the server shows it again; a user name is
/// not.
struct Response {
    Base::Secret bytes;
    bool sensitive = true;
};

class Mechanism {
public:
    virtual ~Mechanism() = default;

    [[nodiscard]] virtual QByteArray name() const = 0;
    /// The client speaks first: the first respond() gets an empty challenge and makes the initial
    /// response.
    [[nodiscard]] virtual bool isClientFirst() const = 0;
    /// Error kinds: InvalidInput (our credentials cannot be expressed), MalformedReply (not a
    /// challenge of this mechanism, or one too many), Denied (the server failed to prove itself).
    [[nodiscard]] virtual Base::Result<Response> respond(const QByteArray &challenge) = 0;
    /// The server announced success: error kind Denied where it had to prove itself and did not.
    [[nodiscard]] virtual Base::Result<void> finish() const { return {}; }
};

/// Supported mechanisms, strongest first: SCRAM-SHA-256, CRAM-MD5, PLAIN, LOGIN.
[[nodiscard]] const QList<QByteArray> &mechanismsByStrength();
/// The peer (or who listens) learns the password itself: never without TLS unless asked for.
[[nodiscard]] bool showsSecret(QByteArrayView mechanism);
[[nodiscard]] bool carriesAuthorizationId(QByteArrayView mechanism);
/// Null where the mechanism is not supported.
[[nodiscard]] std::unique_ptr<Mechanism> createMechanism(
    QByteArrayView name, const Credentials &credentials);

/// Strict base64 (RFC 4648 4): padding complete and at the end, no other octet. Empty is valid.
[[nodiscard]] std::optional<QByteArray> decodeBase64(QByteArrayView text);

} // namespace Mailgauge::Sasl
