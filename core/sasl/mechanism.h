// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// SASL mechanisms (RFC 4422) as pure challenge -> response objects: bytes in, bytes out, no base64
/// and no protocol around them.
///
/// A user of this folder makes one by name, asks it for a response to each decoded challenge, and
/// when the server says that authentication succeeded, asks whether the server has proved itself.
/// Objects are used for one exchange only. Which one to take stands in choice.h.
#include "base/channelbinding.h"
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
    Base::Secret token {}; ///< An OAuth 2.0 access token (RFC 6750 2.1).
    QByteArray
        host {}; ///< The server's name as the client knows it (GSSAPI, DIGEST-MD5, OAUTHBEARER).
    quint16 port = 0; ///< 0: not told.
    QByteArray service = "smtp"; ///< GSSAPI's name of the protocol (GSSAPI, DIGEST-MD5).
    std::optional<Base::ChannelBinding> binding {}; ///< For the -PLUS mechanisms.
    /// We could have bound the channel but the server announces no -PLUS: SCRAM says so, and a
    /// server that did announce it notices the downgrade (RFC 5802 6).
    bool bindingNotOffered = false;
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
    /// respond() may wait for a server of another kind: call it where nothing else has to go on.
    [[nodiscard]] virtual bool mayBlock() const { return false; }
    /// Error kinds: InvalidInput (our credentials cannot be expressed), MalformedReply (not a
    /// challenge of this mechanism, or one too many), Denied (the server failed to prove itself).
    [[nodiscard]] virtual Base::Result<Response> respond(const QByteArray &challenge) = 0;
    /// The server announced success: error kind Denied where it had to prove itself and did not.
    [[nodiscard]] virtual Base::Result<void> finish() const { return {}; }
    /// What the server said inside the mechanism about why it refuses; empty: nothing. It is the
    /// server's text, of any length: mask it before it is cut or shown.
    [[nodiscard]] virtual QString refusalReason() const { return {}; }
};

/// Null where the mechanism is not supported.
[[nodiscard]] std::unique_ptr<Mechanism> createMechanism(
    QByteArrayView name, const Credentials &credentials);

/// Known, but this build was made without its library.
[[nodiscard]] bool isLeftOut(QByteArrayView mechanism);

/// Supported mechanisms, strongest first: Kerberos, SCRAM with channel binding, SCRAM, tokens,
/// digests of older kinds, the password itself, and what proves nothing by a secret.
[[nodiscard]] const QList<QByteArray> &mechanismsByStrength();
/// The strongest of `offered` that proves by a password or a token; empty: none is known.
[[nodiscard]] QByteArray strongestOf(const QList<QByteArray> &offered);
/// A supported one comes before a weaker one, and before any that is not supported.
[[nodiscard]] bool isStronger(QByteArrayView a, QByteArrayView b);

enum class Proof : quint8 {
    Ticket, ///< Of Kerberos; the password, where there is one, gets it.
    Password,
    Token,
    None, ///< EXTERNAL (TLS or the socket proved it), ANONYMOUS. Never used unless named.
};
[[nodiscard]] Proof proofOf(QByteArrayView mechanism);
/// The peer (or who listens) learns the password or token itself: never without TLS unless asked
/// for.
[[nodiscard]] bool showsSecret(QByteArrayView mechanism);
[[nodiscard]] bool carriesAuthorizationId(QByteArrayView mechanism);
/// It needs a Credentials::binding.
[[nodiscard]] bool bindsChannel(QByteArrayView mechanism);

/// Strict base64 (RFC 4648 4): padding complete and at the end, no other octet. Empty is valid.
[[nodiscard]] std::optional<QByteArray> decodeBase64(QByteArrayView text);
/// Printable and fresh, 192 bits.
[[nodiscard]] QByteArray randomNonce();
/// Without telling by the time taken where they differ.
[[nodiscard]] bool sameBytes(const QByteArray &a, const QByteArray &b);

} // namespace Mailgauge::Sasl
