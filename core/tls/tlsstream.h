// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// TLS without input and output: OpenSSL over two memory BIOs.
///
///     auto stream = TlsStream::client(options);       // or TlsStream::server(…)
///     socket.write(stream->takeEncrypted());          // the ClientHello
///     stream->receiveEncrypted(bytesFromSocket);      // as often as bytes come
///     socket.write(stream->takeEncrypted());          // after every call
///     if (stream->state() == TlsStream::State::Established) { stream->write(plain); … readPlain()
///     … }
///
/// A certificate that is not accepted ends the handshake with an alert before anything of ours is
/// sent; what was found is in facts() all the same. Renegotiation, compression and SSLKEYLOGFILE
/// are never used, sessions are taken up again only where a diagnosis asks for it.
#include "base/error.h"
#include "tls/channelbinding.h"
#include "tls/dane.h"
#include "tls/resumption.h"
#include "tls/signedtimestamp.h"
#include "tls/tlsfacts.h"

#include <QByteArray>

#include <memory>
#include <optional>

namespace Mailgauge::Tls {

struct ClientOptions {
    VerifyMode verify = VerifyMode::Full;
    /// Trusted instead of the system's roots: see readRoots(). Empty: the system's.
    QString caFile;
    QByteArray caPem; ///< Further trusted certificates.
    QString serverName; ///< Host name or address that is checked; a name is sent as SNI too.
    QString
        verifyName {}; ///< Checked instead of `serverName`, which is only sent; empty: the same.
    QByteArray pin; ///< SHA-256 of the leaf's public key, hex; must match in every mode.
    /// TLSA records judge instead of `verify`, unless none of them can be used. A pin must match
    /// all the same.
    std::optional<DaneAnchors> dane {};
    QByteArray minVersion; ///< "1.0" … "1.3"; empty: 1.2.
    QByteArray maxVersion; ///< Empty: the newest.
    QByteArray ciphers; ///< OpenSSL list for TLS up to 1.2.
    QByteArray cipherSuites {}; ///< OpenSSL list for TLS 1.3.
    QByteArray groups {}; ///< OpenSSL list for key exchange.
    QString certificateFile; ///< Client certificate with its chain, PEM.
    QString keyFile; ///< Empty: in certificateFile. Without passphrase.
    bool requestStaple = false; ///< Ask for an OCSP response along with the certificate.
    QByteArray
        signatureAlgorithms; ///< OpenSSL list; the server's key must fit. Empty: its default.
    /// Up to TLS 1.2: ask for a ticket. TLS 1.3 has no such question.
    bool requestTicket = false;
    bool requestTimestamps = false; ///< Of Certificate Transparency, see SignedTimestamp.
    bool trace = false; ///< Note every handshake message; alerts always are.

    /// What the certificate must bear; empty: nobody said.
    [[nodiscard]] QString nameToCheck() const
    {
        return verifyName.isEmpty() ? serverName : verifyName;
    }
};

/// The versions of ClientOptions leave one to use.
[[nodiscard]] bool isOrdered(const QByteArray &minVersion, const QByteArray &maxVersion);

struct ServerOptions {
    QByteArray certificatePem; ///< Leaf first, then what else is to be sent.
    QByteArray keyPem;
    QByteArray minVersion; ///< "1.0" … "1.3"; empty: 1.2.
    QByteArray maxVersion;
    QByteArray clientCaPem; ///< Set: a client must show a certificate that these signed.
};

class TlsStream final {
public:
    enum class State : quint8 {
        Handshaking,
        Established,
        PeerClosed, ///< close_notify came; we may still write.
        Failed, ///< See error().
    };

    /// InvalidInput names an unusable option, Io an unreadable file. The ClientHello is ready to
    /// take.
    /// `former`: to be taken up again, where the server still knows it.
    [[nodiscard]] static Base::Result<TlsStream> client(
        const ClientOptions &options, const ResumableSession *former = nullptr);
    [[nodiscard]] static Base::Result<TlsStream> server(const ServerOptions &options);
    TlsStream(TlsStream &&) noexcept;
    TlsStream &operator=(TlsStream &&) noexcept;
    ~TlsStream();

    void receiveEncrypted(QByteArrayView bytes);
    /// What is to be written to the transport now; take it after every call, also after a failure
    /// (the alert).
    [[nodiscard]] QByteArray takeEncrypted();
    /// Before the handshake is over nothing can be written: false. Also false once failed or shut
    /// down.
    [[nodiscard]] bool write(QByteArrayView plain);
    /// At most `max` bytes of what arrived; empty: nothing for now, or the state changed.
    [[nodiscard]] QByteArray readPlain(qsizetype max = 16 * 1024);
    /// Sends close_notify. Reading goes on.
    void shutDown();

    [[nodiscard]] State state() const;
    /// Kind TlsHandshake before the handshake is over, ConnectionClosed after it (a broken record,
    /// an alert).
    [[nodiscard]] const std::optional<Base::Error> &error() const;
    [[nodiscard]] bool closeNotifySent() const;
    [[nodiscard]] bool closeNotifyReceived() const;
    /// The client's: complete once established, or once the certificate was refused. A server's
    /// has version and cipher only.
    [[nodiscard]] const TlsFacts &facts() const;
    /// The client's: alerts and, under `trace`, handshake messages since the last call, as TlsTrace
    /// tells them.
    [[nodiscard]] QStringList takeNotes();
    /// The client's: leaf to root as OpenSSL built it, with what the trust store had; ends early
    /// where an issuer is not known. Empty before facts() are complete.
    [[nodiscard]] QList<CertificateFacts> builtPath() const;
    /// The client's: the OCSP response that came in the handshake, DER; empty: none.
    [[nodiscard]] QByteArray stapledResponse() const;
    /// The client's, where it asked for them: embedded ones, and those that came along.
    [[nodiscard]] QList<SignedTimestamp> signedTimestamps() const;
    /// The client's: the former session was taken up; no certificate came then.
    [[nodiscard]] bool isResumed() const;
    /// The client's, once established: what to take this session up by; nothing where the server
    /// left nothing so far. TLS 1.3's tickets come behind the handshake, in front of what the
    /// server says next: readPlain() takes them in.
    [[nodiscard]] std::optional<ResumableSession> resumable() const;
    /// The keys are bound to the whole handshake (RFC 7627; TLS 1.3 always does so).
    [[nodiscard]] bool hasExtendedMasterSecret() const;
    /// The name that the client asked for (server side); empty: none.
    [[nodiscard]] QByteArray requestedName() const;
    /// What an authentication can be bound to (RFC 5929, RFC 9266), the best first; both sides have
    /// the same. Empty before the handshake is over.
    [[nodiscard]] QList<Base::ChannelBinding> channelBindings() const;

private:
    class Private; // OpenSSL's objects and what its callback needs at a fixed address
    explicit TlsStream(std::unique_ptr<Private> priv);

    std::unique_ptr<Private> d;
};

} // namespace Mailgauge::Tls
