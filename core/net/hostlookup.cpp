// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/hostlookup.h"

#include "base/literals.h"

#include <QThreadPool>
#include <QUrl>
#include <QtConcurrentRun>

#include <memory>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace Mailgauge::Net {

namespace {

using Addresses = QList<QHostAddress>;
using Family = std::optional<QAbstractSocket::NetworkLayerProtocol>;

struct AddressInfoFree {
    void operator()(addrinfo *info) const { freeaddrinfo(info); }
};

bool isOfFamily(const QHostAddress &address, const Family &family)
{
    return !family || *family == QAbstractSocket::AnyIPProtocol || address.protocol() == *family;
}

int systemFamily(const Family &family)
{
    if (family == QAbstractSocket::IPv4Protocol)
        return AF_INET;
    return family == QAbstractSocket::IPv6Protocol ? AF_INET6 : AF_UNSPEC;
}

// getaddrinfo() cannot be interrupted: a pool that is waited for at exit would keep the program
// for all of its time-outs. This one is never waited for and never destroyed.
QThreadPool *lookupPool()
{
    static auto *pool = [] {
        auto *made = new QThreadPool;
        made->setMaxThreadCount(16);
        made->setExpiryTimeout(5'000);
        return made;
    }();
    return pool;
}

Base::Result<Addresses> lookUpNow(const QString &host, const Family &family)
{
    QByteArray name = QUrl::toAce(host);
    if (name.isEmpty())
        name = host.toUtf8();
    if (name.isEmpty() || name.contains('\0'))
        return std::unexpected(lookupError(host, EAI_NONAME));
    addrinfo hints {};
    hints.ai_family = systemFamily(family);
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *raw = nullptr;
    const int code = getaddrinfo(name.constData(), nullptr, &hints, &raw);
    const std::unique_ptr<addrinfo, AddressInfoFree> list(raw);
    if (code != 0)
        return std::unexpected(lookupError(host, code));
    Addresses addresses;
    for (const addrinfo *info = list.get(); info; info = info->ai_next) {
        const QHostAddress address(info->ai_addr);
        if (!address.isNull() && !addresses.contains(address))
            addresses.append(address);
        if (addresses.size() == MaxAddresses)
            break;
    }
    if (addresses.isEmpty())
        return std::unexpected(lookupError(host, EAI_NONAME));
    return addresses;
}

} // namespace

Base::Error lookupError(const QString &host, int code)
{
    const QString words = QString::fromLocal8Bit(gai_strerror(code));
    switch (code) {
    case EAI_NONAME:
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY:
#endif
        return {Base::Error::Kind::Resolve, host + u": "_s + words, {}};
    default: // SERVFAIL, no name server, no memory …: worth a later try
        return {Base::Error::Kind::Resolve, Base::temporaryPrefix + host + u": "_s + words, {}};
    }
}

QFuture<Base::Result<Addresses>> lookUp(const Target &target)
{
    std::optional<QHostAddress> known = target.pinnedAddress;
    if (QHostAddress literal; !known && literal.setAddress(target.host))
        known = literal;
    if (!known)
        return QtConcurrent::run(lookupPool(), lookUpNow, target.host, target.family);
    if (!isOfFamily(*known, target.family)) {
        return QtFuture::makeReadyValueFuture(
            Base::Result<Addresses>(Base::fail(Base::Error::Kind::Resolve,
                u"%1: not an address of the family asked for"_s.arg(known->toString()))));
    }
    return QtFuture::makeReadyValueFuture(Base::Result<Addresses>(Addresses {*known}));
}

} // namespace Mailgauge::Net
