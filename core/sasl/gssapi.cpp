// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/gssapi.h"

#include "base/literals.h"

#include <QStringList>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <gssapi/gssapi_krb5.h>
#include <krb5/krb5.h>
#include <utility>

namespace Mailgauge::Sasl {

namespace {

using Kind = Base::Error::Kind;

constexpr char NoLayer = 1; // RFC 4752 3.3

/// What the library filled in, given back to it.
class Buffer {
public:
    Buffer() = default;
    Q_DISABLE_COPY_MOVE(Buffer)
    ~Buffer()
    {
        // Its own release leaves one of no octets, which a peer may bring about, where it is.
        if (m_buffer.length == 0)
            std::free(std::exchange(m_buffer.value, nullptr));
        OM_uint32 minor = 0;
        gss_release_buffer(&minor, &m_buffer);
    }
    [[nodiscard]] gss_buffer_t out() { return &m_buffer; }
    [[nodiscard]] QByteArray bytes() const
    {
        return {static_cast<const char *>(m_buffer.value), static_cast<qsizetype>(m_buffer.length)};
    }

private:
    gss_buffer_desc m_buffer {};
};

/// The library takes pointers to what it only reads; the bytes must outlive it.
gss_buffer_desc input(QByteArray &bytes)
{
    return {static_cast<std::size_t>(bytes.size()), bytes.data()};
}

gss_OID mechanism()
{
    return const_cast<gss_OID>(gss_mech_krb5);
}

QString textOf(OM_uint32 status, int type)
{
    QStringList all;
    OM_uint32 more = 0;
    do {
        OM_uint32 minor = 0;
        Buffer text;
        if (GSS_ERROR(gss_display_status(&minor, status, type, mechanism(), &more, text.out())))
            break;
        all.append(QString::fromUtf8(text.bytes()));
    } while (more != 0);
    return all.join(u", "_s);
}

struct Cause {
    krb5_error_code code;
    Kind kind;
    QLatin1StringView name;
};

constexpr std::array causes {
    Cause {KRB5_KDC_UNREACH, Kind::Timeout, "no KDC answers"_L1},
    Cause {KRB5_REALM_UNKNOWN, Kind::Denied, "no KDC is known for the realm"_L1},
    Cause {KRB5_REALM_CANT_RESOLVE, Kind::Timeout, "no KDC answers"_L1},
    Cause {KRB5KRB_AP_ERR_TKT_EXPIRED, Kind::Denied, "the ticket has expired"_L1},
    Cause {KRB5KRB_AP_ERR_SKEW, Kind::Denied, "the clocks differ"_L1},
    Cause {KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, Kind::Denied, "the KDC does not know the service"_L1},
    Cause {KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, Kind::Denied, "the KDC does not know the user"_L1},
    Cause {KRB5KDC_ERR_PREAUTH_FAILED, Kind::Denied, "the password is wrong"_L1},
    Cause {KRB5KRB_AP_ERR_BAD_INTEGRITY, Kind::Denied, "the password is wrong"_L1},
};

Base::Error errorFrom(OM_uint32 major, OM_uint32 minor)
{
    const OM_uint32 routine = GSS_ROUTINE_ERROR(major);
    const QString told = minor == 0 ? textOf(major, GSS_C_GSS_CODE)
                                    : textOf(minor, GSS_C_MECH_CODE);
    const auto detail = [&told](QLatin1StringView name) {
        return u"GSSAPI: %1 (%2)"_s.arg(name, told);
    };
    const auto *known = std::ranges::find_if(causes,
        [minor](const Cause &cause) { return static_cast<OM_uint32>(cause.code) == minor; });
    if (known != causes.end())
        return {known->kind, detail(known->name), {}};
    if (routine == GSS_S_CREDENTIALS_EXPIRED)
        return {Kind::Denied, detail("the ticket has expired"_L1), {}};
    if (routine == GSS_S_NO_CRED)
        return {Kind::Denied, detail("there is no ticket"_L1), {}};
    if (routine == GSS_S_DEFECTIVE_TOKEN || routine == GSS_S_BAD_SIG)
        return {Kind::MalformedReply, detail("the server's token is wrong"_L1), {}};
    return {Kind::Denied, u"GSSAPI: "_s + told, {}};
}

} // namespace

struct Gssapi::Handles {
    Handles() = default;
    Q_DISABLE_COPY_MOVE(Handles)
    ~Handles()
    {
        OM_uint32 minor = 0;
        gss_delete_sec_context(&minor, &context, nullptr);
        gss_release_cred(&minor, &own);
        gss_release_name(&minor, &target);
    }
    gss_ctx_id_t context = nullptr;
    gss_cred_id_t own = nullptr; ///< Null: the default one.
    gss_name_t target = nullptr;
};

Gssapi::Gssapi(Credentials credentials)
    : m_credentials(std::move(credentials))
    , m_handles(std::make_unique<Handles>())
{
}

Gssapi::~Gssapi() = default;

QByteArray Gssapi::name() const
{
    return "GSSAPI"_ba;
}

Base::Result<Response> Gssapi::respond(const QByteArray &challenge)
{
    switch (m_step) {
    case Step::First:
        if (!challenge.isEmpty())
            break;
        if (const auto ready = prepare(); !ready)
            return std::unexpected(ready.error());
        return establish({});
    case Step::Establishing:
        return establish(challenge);
    case Step::Layer:
        return refuseLayers(challenge);
    case Step::Done:
        break;
    }
    return Base::fail(Kind::MalformedReply, u"GSSAPI: a challenge too many"_s);
}

Base::Result<void> Gssapi::prepare()
{
    if (m_credentials.host.isEmpty() || m_credentials.authorizationId.contains('\0'))
        return Base::fail(
            Kind::InvalidInput, u"GSSAPI: no host, or an authorization identity with NUL"_s);
    OM_uint32 minor = 0;
    QByteArray service = m_credentials.service + '@' + m_credentials.host;
    gss_buffer_desc serviceName = input(service);
    OM_uint32 major = gss_import_name(
        &minor, &serviceName, GSS_C_NT_HOSTBASED_SERVICE, &m_handles->target);
    if (GSS_ERROR(major))
        return std::unexpected(errorFrom(major, minor));
    if (m_credentials.user.isEmpty())
        return {};
    gss_buffer_desc userName = input(m_credentials.user);
    gss_name_t user = nullptr;
    major = gss_import_name(&minor, &userName, GSS_C_NT_USER_NAME, &user);
    if (GSS_ERROR(major))
        return std::unexpected(errorFrom(major, minor));
    gss_OID_set_desc kerberos {1, mechanism()};
    if (m_credentials.password.isEmpty()) {
        major = gss_acquire_cred(&minor, user, GSS_C_INDEFINITE, &kerberos, GSS_C_INITIATE,
            &m_handles->own, nullptr, nullptr);
    } else {
        // Shares the secret's memory: the library only reads it.
        gss_buffer_desc password {static_cast<std::size_t>(m_credentials.password.reveal().size()),
            const_cast<char *>(m_credentials.password.reveal().constData())};
        major = gss_acquire_cred_with_password(&minor, user, &password, GSS_C_INDEFINITE, &kerberos,
            GSS_C_INITIATE, &m_handles->own, nullptr, nullptr);
    }
    OM_uint32 ignored = 0;
    gss_release_name(&ignored, &user);
    if (GSS_ERROR(major))
        return std::unexpected(errorFrom(major, minor));
    return {};
}

Base::Result<Response> Gssapi::establish(const QByteArray &token)
{
    QByteArray received = token;
    gss_buffer_desc in = input(received);
    Buffer out;
    OM_uint32 minor = 0;
    OM_uint32 flags = 0;
    const OM_uint32 major = gss_init_sec_context(&minor, m_handles->own, &m_handles->context,
        m_handles->target, mechanism(), GSS_C_MUTUAL_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_INTEG_FLAG,
        GSS_C_INDEFINITE, GSS_C_NO_CHANNEL_BINDINGS, &in, nullptr, out.out(), &flags, nullptr);
    if (GSS_ERROR(major))
        return std::unexpected(errorFrom(major, minor));
    if (major != GSS_S_COMPLETE) {
        m_step = Step::Establishing;
        return Response {Base::Secret(out.bytes())};
    }
    // RFC 4752 3.1: asked for; what it is worth depends on it.
    if ((flags & GSS_C_MUTUAL_FLAG) == 0 || (flags & GSS_C_INTEG_FLAG) == 0)
        return Base::fail(Kind::Denied, u"GSSAPI: a context without proving the server"_s);
    m_step = Step::Layer;
    return Response {Base::Secret(out.bytes())}; // often empty
}

Base::Result<Response> Gssapi::refuseLayers(const QByteArray &challenge)
{
    QByteArray wrapped = challenge;
    gss_buffer_desc in = input(wrapped);
    Buffer offer;
    OM_uint32 minor = 0;
    OM_uint32 major = gss_unwrap(&minor, m_handles->context, &in, offer.out(), nullptr, nullptr);
    if (GSS_ERROR(major))
        return Base::fail(Kind::MalformedReply, errorFrom(major, minor).detail);
    const QByteArray layers = offer.bytes();
    if (layers.size() != 4)
        return Base::fail(
            Kind::MalformedReply, u"GSSAPI: the offer of security layers is not 4 octets"_s);
    if ((layers[0] & NoLayer) == 0)
        return Base::fail(Kind::Unsupported, u"GSSAPI: the server insists on a security layer"_s);
    // No layer, hence no size; then whom to act as, without a terminating NUL.
    QByteArray choice = QByteArray(1, NoLayer) + QByteArray(3, '\0')
        + m_credentials.authorizationId;
    gss_buffer_desc plain = input(choice);
    Buffer sealed;
    major = gss_wrap(
        &minor, m_handles->context, 0, GSS_C_QOP_DEFAULT, &plain, nullptr, sealed.out());
    if (GSS_ERROR(major))
        return std::unexpected(errorFrom(major, minor));
    m_step = Step::Done;
    return Response {Base::Secret(sealed.bytes())};
}

Base::Result<void> Gssapi::finish() const
{
    if (m_step == Step::Done)
        return {};
    return Base::fail(Kind::Denied, u"GSSAPI: success without proving the server"_s);
}

} // namespace Mailgauge::Sasl
