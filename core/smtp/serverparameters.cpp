// SPDX-License-Identifier: GPL-3.0-or-later
// Parameters of MAIL that the sandbox understands and does nothing with: their grammar counts.
#include "smtp/serversession.h"

#include "base/literals.h"

#include <QRegularExpression>

namespace Mailgauge::Smtp {

namespace {

bool matches(const QByteArray &value, const QString &pattern)
{
    const QRegularExpression expression(QRegularExpression::anchoredPattern(pattern));
    return expression.match(QString::fromLatin1(value)).hasMatch();
}

} // namespace

std::optional<Reply> ServerSession::checkExtension(const PathParameter &parameter) const
{
    const auto &[keyword, value] = parameter;
    const auto grammar = [&](const QString &pattern) -> std::optional<Reply> {
        if (matches(value, pattern))
            return std::nullopt;
        return Reply {501, {"5.5.4 Malformed " + keyword}};
    };
    if (keyword == "REQUIRETLS" && announces("REQUIRETLS")) {
        if (!m_tls) // RFC 8689 4.2
            return Reply {530, {"5.7.10 REQUIRETLS needs TLS"_ba}};
        return grammar(QString());
    }
    if (keyword == "BY" && announces("DELIVERBY"))
        return grammar(u"([+-]?[0-9]{1,9};[Nn]|[+]?0*[1-9][0-9]{0,8};[Rr])[Tt]?"_s);
    if (keyword == "HOLDFOR" && announces("FUTURERELEASE"))
        return grammar(u"[1-9][0-9]{0,8}"_s);
    if (keyword == "HOLDUNTIL" && announces("FUTURERELEASE"))
        return grammar(u"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z"_s);
    if (keyword == "MT-PRIORITY" && announces("MT-PRIORITY"))
        return grammar(u"0|-?[1-9]"_s);
    return Reply {555, {"5.5.4 MAIL parameter not understood"_ba}};
}

} // namespace Mailgauge::Smtp
