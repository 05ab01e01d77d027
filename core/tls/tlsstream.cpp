// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/tlsstream.h"

#include "base/literals.h"
#include "tls/certificatefacts.h"
#include "tls/opensslptr.h"
#include "tls/tlscontext.h"
#include "tls/tlstrace.h"
#include "tls/tlsverifier.h"

#include <openssl/err.h>

#include <utility>

namespace Mailgauge::Tls {

namespace {

using ErrorKind = Base::Error::Kind;

// RFC 8446 5.1: what the first octet of a record can be.
bool looksLikeTls(QByteArrayView bytes)
{
    return bytes.isEmpty() || (bytes[0] >= 20 && bytes[0] <= 23);
}

QString firstLine(const QByteArray &bytes)
{
    QByteArray line = bytes.left(bytes.indexOf('\n')).trimmed().left(120);
    for (char &c : line) {
        if (c < 0x20 || c == 0x7f)
            c = '?';
    }
    return QString::fromUtf8(line);
}

QString reasonsText(const TlsFacts &facts)
{
    QStringList words;
    for (const VerifyReason &reason : facts.reasons) {
        words.append(QLatin1StringView(reasonName(reason.kind)) + u" (depth "_s
            + QString::number(reason.depth) + u": "_s + reason.detail + u')');
    }
    return words.join(u"; "_s);
}

// The alert that fits best what was wrong: OpenSSL derives it from the verify result.
int verifyResult(const TlsFacts &facts)
{
    for (const VerifyReason &reason : facts.reasons) {
        switch (reason.kind) {
        case VerifyReason::Kind::Untrusted:
        case VerifyReason::Kind::SelfSigned:
            return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
        case VerifyReason::Kind::Expired:
        case VerifyReason::Kind::NotYetValid:
            return X509_V_ERR_CERT_HAS_EXPIRED;
        case VerifyReason::Kind::NameMismatch:
        case VerifyReason::Kind::WeakKey:
        case VerifyReason::Kind::PinMismatch:
        case VerifyReason::Kind::TlsaMismatch:
        case VerifyReason::Kind::Other:
            break;
        }
    }
    return X509_V_ERR_CERT_REJECTED;
}

} // namespace

class TlsStream::Private {
public:
    explicit Private(TlsVerifier peerVerifier)
        : verifier(std::move(peerVerifier))
    {
    }

    bool attach(SSL_CTX *context);
    void advance();
    void fail(int sslError, const QString &reason);
    static int verifyCallback(X509_STORE_CTX *context, void *self);
    static void messageCallback(int isSent, int version, int contentType, const void *data,
        std::size_t size, SSL *ssl, void *self);

    TlsVerifier verifier;
    TlsTrace trace;
    SslPtr ssl;
    BIO *incoming = nullptr; // both belong to ssl
    BIO *outgoing = nullptr;
    State state = State::Handshaking;
    std::optional<Base::Error> error;
    TlsFacts facts;
    QByteArray firstBytes; // of the peer, as evidence when it does not speak TLS
    bool judged = false;
    bool isShutDown = false;
};

bool TlsStream::Private::attach(SSL_CTX *context)
{
    ssl.reset(SSL_new(context)); // keeps the context alive by its own reference
    incoming = BIO_new(BIO_s_mem());
    outgoing = BIO_new(BIO_s_mem());
    if (!ssl || !incoming || !outgoing) {
        BIO_free(incoming);
        BIO_free(outgoing);
        return false;
    }
    // Empty means "no more for now", never the end: the driver knows about FIN.
    BIO_set_mem_eof_return(incoming, -1);
    BIO_set_mem_eof_return(outgoing, -1);
    SSL_set_bio(ssl.get(), incoming, outgoing);
    SSL_set_mode(ssl.get(), SSL_MODE_RELEASE_BUFFERS);
    return true;
}

int TlsStream::Private::verifyCallback(X509_STORE_CTX *context, void *self)
{
    auto *d = static_cast<Private *>(self);
    d->facts = d->verifier.judge(context);
    d->judged = true;
    X509_STORE_CTX_set_error(context, d->facts.accepted ? X509_V_OK : verifyResult(d->facts));
    return d->facts.accepted ? 1 : 0;
}

// Called for each record's head too, which is none of these.
void TlsStream::Private::messageCallback(
    int isSent, int, int contentType, const void *data, std::size_t size, SSL *, void *self)
{
    TlsTrace &trace = static_cast<Private *>(self)->trace;
    const auto direction = isSent != 0 ? TlsTrace::Direction::Sent : TlsTrace::Direction::Received;
    const QByteArrayView bytes(static_cast<const char *>(data), static_cast<qsizetype>(size));
    if (contentType == SSL3_RT_ALERT)
        trace.alert(direction, bytes);
    else if (contentType == SSL3_RT_HANDSHAKE)
        trace.message(direction, bytes);
    else if (contentType == SSL3_RT_CHANGE_CIPHER_SPEC)
        trace.changeCipherSpec(direction);
}

void TlsStream::Private::advance()
{
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl.get());
    if (result == 1) {
        state = State::Established;
        facts.version = SSL_get_version(ssl.get());
        facts.cipher = SSL_get_cipher_name(ssl.get());
        firstBytes.clear();
        return;
    }
    const int sslError = SSL_get_error(ssl.get(), result);
    if (sslError != SSL_ERROR_WANT_READ && sslError != SSL_ERROR_WANT_WRITE)
        fail(sslError, takeOpenSslError());
}

void TlsStream::Private::fail(int sslError, const QString &reason)
{
    const bool handshaking = state == State::Handshaking;
    state = State::Failed;
    if (!handshaking) {
        error = Base::Error {ErrorKind::ConnectionClosed, u"TLS: "_s + reason, {}};
        return;
    }
    if (judged) {
        facts.version = SSL_get_version(ssl.get());
        const char *cipher = SSL_get_cipher_name(ssl.get());
        facts.cipher = cipher ? QByteArray(cipher) : QByteArray();
    }
    QString detail = u"handshake: "_s
        + (sslError == SSL_ERROR_ZERO_RETURN ? u"closed by the peer"_s : reason);
    QByteArray evidence;
    if (judged && !facts.accepted) {
        detail = u"certificate not accepted: "_s + reasonsText(facts);
    } else if (!looksLikeTls(firstBytes)) {
        detail = u"peer answered in clear text: \"%1\""_s.arg(firstLine(firstBytes));
        evidence = firstBytes;
    }
    error = Base::Error {ErrorKind::TlsHandshake, detail, evidence};
}

TlsStream::TlsStream(std::unique_ptr<Private> priv)
    : d(std::move(priv))
{
}
TlsStream::TlsStream(TlsStream &&) noexcept = default;
TlsStream &TlsStream::operator=(TlsStream &&) noexcept = default;
TlsStream::~TlsStream() = default;

Base::Result<TlsStream> TlsStream::client(
    const ClientOptions &options, const ResumableSession *former)
{
    auto context = clientContext(options);
    if (!context)
        return std::unexpected(context.error());
    auto priv = std::make_unique<Private>(
        TlsVerifier(options.verify, options.nameToCheck(), options.pin, options.dane));
    SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context->get(), &Private::verifyCallback, priv.get());
    if (!priv->attach(context->get()))
        return Base::fail(ErrorKind::Io, u"TLS: "_s + takeOpenSslError());
    priv->trace.setEverything(options.trace);
    SSL_set_msg_callback(priv->ssl.get(), &Private::messageCallback);
    SSL_set_msg_callback_arg(priv->ssl.get(), priv.get());
    priv->facts.serverName = QString::fromUtf8(priv->verifier.name());
    SSL_set_connect_state(priv->ssl.get());
    QByteArray name = sniFor(options.serverName);
    if (!name.isEmpty()
        && SSL_ctrl(priv->ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               name.data())
            != 1) {
        ERR_clear_error();
        return Base::fail(
            ErrorKind::InvalidInput, u"no TLS server name: "_s + QString::fromUtf8(name));
    }
    if (former)
        former->use(priv->ssl.get());
    priv->advance();
    return TlsStream(std::move(priv));
}

Base::Result<TlsStream> TlsStream::server(const ServerOptions &options)
{
    auto context = serverContext(options);
    if (!context)
        return std::unexpected(context.error());
    auto priv = std::make_unique<Private>(TlsVerifier(VerifyMode::None, {}, {}));
    if (!priv->attach(context->get()))
        return Base::fail(ErrorKind::Io, u"TLS: "_s + takeOpenSslError());
    SSL_set_accept_state(priv->ssl.get());
    return TlsStream(std::move(priv));
}

void TlsStream::receiveEncrypted(QByteArrayView bytes)
{
    if (bytes.isEmpty() || d->state == State::Failed)
        return;
    if (d->state == State::Handshaking && d->firstBytes.size() < Base::Error::MaxEvidence)
        d->firstBytes += bytes.first(
            qMin(bytes.size(), Base::Error::MaxEvidence - d->firstBytes.size()));
    BIO_write(d->incoming, bytes.data(), static_cast<int>(bytes.size()));
    if (d->state == State::Handshaking)
        d->advance();
}

QByteArray TlsStream::takeEncrypted()
{
    QByteArray bytes(static_cast<qsizetype>(BIO_ctrl_pending(d->outgoing)), Qt::Uninitialized);
    if (!bytes.isEmpty())
        BIO_read(d->outgoing, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

bool TlsStream::write(QByteArrayView plain)
{
    if ((d->state != State::Established && d->state != State::PeerClosed) || d->isShutDown)
        return false;
    if (plain.isEmpty())
        return true;
    ERR_clear_error();
    std::size_t written = 0;
    const int result = SSL_write_ex(
        d->ssl.get(), plain.data(), static_cast<std::size_t>(plain.size()), &written);
    if (result == 1)
        return true;
    d->fail(SSL_get_error(d->ssl.get(), result), takeOpenSslError());
    return false;
}

QByteArray TlsStream::readPlain(qsizetype max)
{
    if (d->state != State::Established)
        return {};
    QByteArray plain(max, Qt::Uninitialized);
    qsizetype filled = 0;
    while (filled < max) {
        ERR_clear_error();
        std::size_t got = 0;
        const int result = SSL_read_ex(
            d->ssl.get(), plain.data() + filled, static_cast<std::size_t>(max - filled), &got);
        if (result == 1) {
            filled += static_cast<qsizetype>(got);
            continue;
        }
        const int sslError = SSL_get_error(d->ssl.get(), result);
        if (sslError == SSL_ERROR_ZERO_RETURN)
            d->state = State::PeerClosed;
        else if (sslError != SSL_ERROR_WANT_READ && sslError != SSL_ERROR_WANT_WRITE)
            d->fail(sslError, takeOpenSslError());
        break;
    }
    plain.truncate(filled);
    return plain;
}

void TlsStream::shutDown()
{
    // During the handshake OpenSSL has nothing to say; a failure said it by its alert.
    if (d->isShutDown || d->state == State::Handshaking || d->state == State::Failed)
        return;
    d->isShutDown = true;
    ERR_clear_error();
    SSL_shutdown(d->ssl.get());
    ERR_clear_error();
}

TlsStream::State TlsStream::state() const
{
    return d->state;
}

const std::optional<Base::Error> &TlsStream::error() const
{
    return d->error;
}

bool TlsStream::closeNotifySent() const
{
    return d->isShutDown;
}

bool TlsStream::closeNotifyReceived() const
{
    return (SSL_get_shutdown(d->ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

const TlsFacts &TlsStream::facts() const
{
    return d->facts;
}

QStringList TlsStream::takeNotes()
{
    return d->trace.take();
}

QList<CertificateFacts> TlsStream::builtPath() const
{
    QList<CertificateFacts> path;
    const STACK_OF(X509) *chain = SSL_get0_verified_chain(d->ssl.get());
    for (int i = 0; i < sk_X509_num(chain); ++i)
        path.append(certificateFacts(sk_X509_value(chain, i)));
    return path;
}

QByteArray TlsStream::stapledResponse() const
{
    unsigned char *data = nullptr;
    const long size = SSL_ctrl(
        d->ssl.get(), SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, static_cast<void *>(&data));
    return size > 0 ? QByteArray(reinterpret_cast<const char *>(data), size) : QByteArray();
}

QList<SignedTimestamp> TlsStream::signedTimestamps() const
{
    return signedTimestampsOf(d->ssl.get());
}

bool TlsStream::isResumed() const
{
    return SSL_session_reused(d->ssl.get()) == 1;
}

std::optional<ResumableSession> TlsStream::resumable() const
{
    return d->state == State::Established || d->state == State::PeerClosed
        ? ResumableSession::of(d->ssl.get())
        : std::nullopt;
}

bool TlsStream::hasExtendedMasterSecret() const
{
    return SSL_get_extms_support(d->ssl.get()) == 1;
}

QByteArray TlsStream::requestedName() const
{
    return SSL_get_servername(d->ssl.get(), TLSEXT_NAMETYPE_host_name);
}

QList<Base::ChannelBinding> TlsStream::channelBindings() const
{
    if (d->state != State::Established && d->state != State::PeerClosed)
        return {};
    return channelBindingsOf(d->ssl.get());
}

} // namespace Mailgauge::Tls
