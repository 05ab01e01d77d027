// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/serverbearer.h"

#include "base/literals.h"

#include <utility>

namespace Mailgauge::Sasl {

namespace {

using Kind = ServerStep::Kind;

constexpr char Separator = '\x01';
const QByteArray scheme = "bearer "_ba; // any case (RFC 6750 2.1, RFC 9110 11.1)

/// Key and value of each, up to the empty one at the end; none where that is not the form.
std::optional<QList<std::pair<QByteArray, QByteArray>>> pairsOf(const QByteArray &message)
{
    if (!message.endsWith(QByteArray(2, Separator)))
        return std::nullopt;
    QList<std::pair<QByteArray, QByteArray>> pairs;
    for (const QByteArray &one : message.chopped(2).split(Separator)) {
        const qsizetype equals = one.indexOf('=');
        if (equals <= 0)
            return std::nullopt;
        pairs.append({one.first(equals), one.sliced(equals + 1)});
    }
    return pairs;
}

/// RFC 5801 4: "n,a=NAME," or "n,,"; there is no binding here. None where it is neither; an empty
/// name says nobody.
std::optional<QByteArray> nameIn(const QByteArray &header)
{
    const QList<QByteArray> parts = header.split(',');
    if (parts.size() != 3 || (parts[0] != "n" && parts[0] != "y") || !parts[2].isEmpty())
        return std::nullopt;
    if (parts[1].isEmpty())
        return ""_ba;
    QByteArray name = parts[1];
    if (!name.startsWith("a=") || name.size() == 2)
        return std::nullopt;
    name = name.sliced(2);
    for (qsizetype at = name.indexOf('='); at >= 0; at = name.indexOf('=', at + 1)) {
        if (name.sliced(at, qMin(3, name.size() - at)) != "=2C"
            && name.sliced(at, qMin(3, name.size() - at)) != "=3D")
            return std::nullopt;
    }
    return name.replace("=2C", ",").replace("=3D", "=");
}

} // namespace

BearerServer::BearerServer(Form form, ServerAccount account)
    : m_form(form)
    , m_account(std::move(account))
{
}

ServerStep BearerServer::start(const std::optional<QByteArray> &initial)
{
    return initial ? step(*initial) : ServerStep {Kind::Challenge, {}};
}

ServerStep BearerServer::step(const QByteArray &response)
{
    switch (std::exchange(m_step, Step::Over)) {
    case Step::First:
        return judge(tokenIn(response));
    case Step::Refused: {
        const QByteArray answer = m_form == Form::XOAuth2 ? ""_ba : QByteArray(1, Separator);
        return {response == answer ? Kind::Denied : Kind::Malformed, {}};
    }
    case Step::Over:
        break;
    }
    return {Kind::Malformed, {}};
}

std::optional<QByteArray> BearerServer::tokenIn(const QByteArray &message)
{
    QByteArray rest = message;
    if (m_form == Form::OAuthBearer) {
        const qsizetype end = message.indexOf(Separator);
        const auto name = nameIn(message.first(qMax(end, 0)));
        if (!name)
            return std::nullopt;
        // Who names nobody is whom the token was given to.
        m_user = name->isEmpty() ? m_account.user : *name;
        rest = message.sliced(end + 1);
    }
    const auto pairs = pairsOf(rest);
    if (!pairs)
        return std::nullopt;
    std::optional<QByteArray> token;
    for (const auto &[key, value] : *pairs) {
        if (m_form == Form::XOAuth2 && key == "user")
            m_user = value;
        if (key == "auth" && value.first(qMin(scheme.size(), value.size())).toLower() == scheme)
            token = value.sliced(scheme.size());
    }
    return m_user.isEmpty() ? std::nullopt : token;
}

ServerStep BearerServer::judge(const std::optional<QByteArray> &token)
{
    if (!token)
        return {Kind::Malformed, {}};
    if (m_user == m_account.user && !token->isEmpty() && *token == m_account.token.reveal())
        return {Kind::Success, {}};
    m_step = Step::Refused;
    // As Google says it, and RFC 7628 3.2.2.
    return {Kind::Challenge,
        m_form == Form::XOAuth2 ? R"({"status":"400","schemes":"Bearer","scope":"mail.send"})"_ba
                                : R"({"status":"invalid_token","scope":"mail.send"})"_ba};
}

} // namespace Mailgauge::Sasl
