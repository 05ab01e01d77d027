// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/provider.h"

#include "explain/knowledge.h"
#include "explain/sentence.h"

#include <algorithm>

namespace Mailgauge::Explain {

namespace {

bool endsWith(const QByteArray &name, const QList<QByteArray> &labels, const QByteArray &suffix)
{
    if (!suffix.contains('*'))
        return name.endsWith(suffix)
            && (name.size() == suffix.size() || name.at(name.size() - suffix.size() - 1) == '.');
    const QList<QByteArray> wanted = suffix.split('.');
    return wanted.size() <= labels.size()
        && std::equal(wanted.crbegin(), wanted.crend(), labels.crbegin(),
            [](const QByteArray &want, const QByteArray &label) {
                return want == label || (want == "*" && !label.isEmpty());
            });
}

} // namespace

const QList<Provider> &providers()
{
    return knowledge().providers.providers;
}

const Provider *findProvider(const QString &idOrName)
{
    const auto found = std::ranges::find_if(providers(), [&idOrName](const Provider &one) {
        return idOrName.compare(QLatin1StringView(one.id), Qt::CaseInsensitive) == 0
            || idOrName.compare(one.name, Qt::CaseInsensitive) == 0;
    });
    return found == providers().cend() ? nullptr : &*found;
}

QByteArray providerOfHost(QByteArrayView host)
{
    QByteArray name = host.trimmed().toByteArray().toLower();
    if (name.endsWith('.'))
        name.chop(1);
    const QList<QByteArray> labels = name.split('.');
    for (const Provider &one : providers()) {
        if (std::ranges::any_of(one.hosts, [&name, &labels](const QByteArray &suffix) {
                return endsWith(name, labels, suffix);
            }))
            return one.id;
    }
    return {};
}

QByteArray providerOfText(const QString &text)
{
    const auto signedBy = [&text](const Provider &one) {
        return one.signature && one.signature->match(text).hasMatch();
    };
    const auto found = std::ranges::find_if(providers(), signedBy);
    return found == providers().cend() ? QByteArray() : found->id;
}

QByteArray providerOf(const QString &host, const QByteArray &greeting)
{
    if (const QByteArray reached = providerOfHost(host.toLatin1()); !reached.isEmpty())
        return reached;
    if (const QByteArray greets = providerOfHost(greeting.split(' ').constFirst());
        !greets.isEmpty())
        return greets;
    return providerOfText(matchable(greeting));
}

} // namespace Mailgauge::Explain
