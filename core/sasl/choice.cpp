// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/choice.h"

#include "base/literals.h"

#include <algorithm>
#include <iterator>

namespace Mailgauge::Sasl {

namespace {

using Kind = Base::Error::Kind;

std::unexpected<Base::Error> none(const QString &why)
{
    return Base::fail(Kind::Unsupported, why);
}

QString listed(const QList<QByteArray> &names)
{
    return QString::fromLatin1(names.join(' '));
}

QList<QByteArray> only(const QList<QByteArray> &names, const auto &isMeant)
{
    QList<QByteArray> result;
    std::ranges::copy_if(names, std::back_inserter(result), isMeant);
    return result;
}

/// Whether there is what the mechanism proves with. An empty password is one, unless a token is
/// there instead.
bool hasProof(QByteArrayView name, const Choice &choice, const Credentials &credentials)
{
    switch (proofOf(name)) {
    case Proof::Password:
        return !credentials.password.isEmpty() || credentials.token.isEmpty();
    case Proof::Token:
        return !credentials.token.isEmpty()
            || (!choice.named.isEmpty() && !credentials.password.isEmpty());
    case Proof::Ticket: // Whether there is one shows when it is tried.
        return !choice.named.isEmpty()
            || (credentials.password.isEmpty() && credentials.token.isEmpty());
    case Proof::None:
        return !choice.named.isEmpty();
    }
    Q_UNREACHABLE_RETURN(false);
}

} // namespace

Base::Result<QList<QByteArray>> mechanismsToTry(
    const QList<QByteArray> &offered, const Choice &choice, const Credentials &credentials)
{
    if (offered.isEmpty())
        return none(u"AUTH is not announced"_s);
    const QList<QByteArray> &wanted = choice.named.isEmpty() ? mechanismsByStrength()
                                                             : choice.named;
    const QList<QByteArray> common = only(wanted, [&](const QByteArray &name) {
        return offered.contains(name) && mechanismsByStrength().contains(name)
            && (proofOf(name) != Proof::None || !choice.named.isEmpty())
            && (credentials.authorizationId.isEmpty() || carriesAuthorizationId(name));
    });
    const auto leftOut = std::ranges::find_if(choice.named,
        [&offered](const QByteArray &name) { return isLeftOut(name) && offered.contains(name); });
    if (common.isEmpty() && leftOut != choice.named.end())
        return none(QString::fromLatin1(*leftOut) + u" is not in this build of the program"_s);
    if (common.isEmpty())
        return none(u"no mechanism in common; the server offers "_s + listed(offered));
    const QList<QByteArray> proving = only(
        common, [&](const QByteArray &name) { return hasProof(name, choice, credentials); });
    if (proving.isEmpty())
        return none(listed(common)
            + (credentials.token.isEmpty() ? u" needs a token"_s : u" needs a password"_s));
    const QList<QByteArray> binding = only(proving,
        [&](const QByteArray &name) { return !bindsChannel(name) || credentials.binding; });
    if (binding.isEmpty())
        return none(listed(proving) + u" needs TLS to bind to"_s);
    const QList<QByteArray> safe = only(binding, [&](const QByteArray &name) {
        return choice.tls || choice.allowWithoutTls || !showsSecret(name);
    });
    if (safe.isEmpty())
        return none(u"%1 would show the %2 without TLS"_s.arg(listed(binding),
            std::ranges::all_of(
                binding, [](const QByteArray &name) { return proofOf(name) == Proof::Token; })
                ? u"token"_s
                : u"password"_s));
    return safe;
}

Credentials credentialsFor(QByteArrayView mechanism, const QList<QByteArray> &offered,
    const Choice &choice, Credentials credentials)
{
    if (proofOf(mechanism) == Proof::Token && credentials.token.isEmpty()
        && !choice.named.isEmpty())
        credentials.token = credentials.password;
    credentials.bindingNotOffered = credentials.binding.has_value()
        && std::ranges::none_of(offered, [](const QByteArray &name) { return bindsChannel(name); });
    return credentials;
}

} // namespace Mailgauge::Sasl
