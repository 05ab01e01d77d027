// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/tlstrace.h"

#include "base/literals.h"
#include "tls/ciphersuites.h"
#include "tls/serverflight.h"
#include "tls/tlscodes.h"
#include "tls/wire.h"

namespace Mailgauge::Tls {

namespace {

struct Extension {
    ExtensionType type;
    QByteArrayView data;
};

QString printable(QByteArrayView bytes)
{
    QByteArray text = bytes.first(qMin(bytes.size(), qsizetype(255))).toByteArray();
    for (char &c : text) {
        if (c <= 0x20 || c >= 0x7f)
            c = '?';
    }
    return QString::fromLatin1(text);
}

QString messageName(quint8 type)
{
    switch (static_cast<MessageType>(type)) {
    case MessageType::HelloRequest:
        return u"HelloRequest"_s;
    case MessageType::ClientHello:
        return u"ClientHello"_s;
    case MessageType::ServerHello:
        return u"ServerHello"_s;
    case MessageType::NewSessionTicket:
        return u"NewSessionTicket"_s;
    case MessageType::EncryptedExtensions:
        return u"EncryptedExtensions"_s;
    case MessageType::Certificate:
        return u"Certificate"_s;
    case MessageType::ServerKeyExchange:
        return u"ServerKeyExchange"_s;
    case MessageType::CertificateRequest:
        return u"CertificateRequest"_s;
    case MessageType::ServerHelloDone:
        return u"ServerHelloDone"_s;
    case MessageType::CertificateVerify:
        return u"CertificateVerify"_s;
    case MessageType::ClientKeyExchange:
        return u"ClientKeyExchange"_s;
    case MessageType::Finished:
        return u"Finished"_s;
    case MessageType::CertificateStatus:
        return u"CertificateStatus"_s;
    case MessageType::KeyUpdate:
        return u"KeyUpdate"_s;
    }
    return u"message %1"_s.arg(type);
}

QString directionName(TlsTrace::Direction direction)
{
    return direction == TlsTrace::Direction::Sent ? u"TLS sent "_s : u"TLS received "_s;
}

QList<Extension> extensionsOf(QByteArrayView list)
{
    QList<Extension> extensions;
    WireReader reader(list);
    while (!reader.atEnd()) {
        const auto type = reader.number16();
        const auto data = reader.vector(2);
        if (!type || !data)
            break;
        extensions.append({static_cast<ExtensionType>(*type), *data});
    }
    return extensions;
}

QStringList named(QByteArrayView codes, QByteArray (*name)(quint16))
{
    QStringList names;
    WireReader reader(codes);
    while (const auto code = reader.number16()) {
        if ((*code & 0x0f0f) != 0x0a0a) // RFC 8701: values that mean nothing
            names.append(QString::fromLatin1(name(*code)));
    }
    return names;
}

QString listed(const QString &what, const QStringList &names)
{
    return what + u' ' + names.join(u", "_s);
}

QStringList protocolsOf(QByteArrayView data)
{
    QStringList names;
    WireReader reader(data);
    const auto list = reader.vector(2);
    WireReader protocols(list.value_or(QByteArrayView()));
    while (!protocols.atEnd()) {
        const auto protocol = protocols.vector(1);
        if (!protocol)
            break;
        names.append(printable(*protocol));
    }
    return names;
}

QString serverNameOf(QByteArrayView data)
{
    WireReader reader(data);
    const auto list = reader.vector(2);
    WireReader names(list.value_or(QByteArrayView()));
    const auto type = names.number(1);
    const auto name = names.vector(2);
    return type == 0U && name ? printable(*name) : QString();
}

/// What a vector of two octets' length holds.
QByteArrayView contentOf(QByteArrayView data, int lengthOctets = 2)
{
    WireReader reader(data);
    return reader.vector(lengthOctets).value_or(QByteArrayView());
}

QStringList sharesOf(QByteArrayView data)
{
    QStringList names;
    WireReader shares(contentOf(data));
    while (!shares.atEnd()) {
        const auto group = shares.number16();
        if (!group || !shares.vector(2))
            break;
        names.append(QString::fromLatin1(groupName(*group)));
    }
    return names;
}

void addOffer(const Extension &extension, QStringList &facts, QStringList &versions, QString &name)
{
    switch (extension.type) {
    case ExtensionType::ServerName:
        name = serverNameOf(extension.data);
        break;
    case ExtensionType::SupportedVersions:
        versions = named(contentOf(extension.data, 1), &versionName);
        break;
    case ExtensionType::Alpn:
        facts.append(listed(u"ALPN"_s, protocolsOf(extension.data)));
        break;
    case ExtensionType::SupportedGroups:
        facts.append(listed(u"groups"_s, named(contentOf(extension.data), &groupName)));
        break;
    case ExtensionType::KeyShare:
        facts.append(listed(u"key shares"_s, sharesOf(extension.data)));
        break;
    case ExtensionType::SignatureAlgorithms:
        facts.append(
            listed(u"signature algorithms"_s, named(contentOf(extension.data), &schemeName)));
        break;
    case ExtensionType::StatusRequest:
        facts.append(u"asks for an OCSP response"_s);
        break;
    case ExtensionType::SignedTimestamps:
        facts.append(u"asks for signed certificate timestamps"_s);
        break;
    case ExtensionType::SessionTicket:
        facts.append(extension.data.isEmpty() ? u"asks for a ticket"_s : u"brings a ticket back"_s);
        break;
    case ExtensionType::PreSharedKey:
        facts.append(u"brings a ticket back"_s);
        break;
    case ExtensionType::EarlyData:
        facts.append(u"early data follows"_s);
        break;
    case ExtensionType::ExtendedMasterSecret:
    case ExtensionType::PointFormats:
    case ExtensionType::Padding:
    case ExtensionType::Cookie:
    case ExtensionType::RenegotiationInfo:
        break;
    }
}

/// RFC 8446 4.1.2, RFC 5246 7.4.1.2. Empty: not readable.
QStringList clientHello(QByteArrayView body)
{
    WireReader reader(body);
    const auto version = reader.number16();
    const auto random = reader.take(32);
    const auto session = reader.vector(1);
    const auto suites = reader.vector(2);
    const auto compression = reader.vector(1);
    if (!version || !random || !session || !suites || !compression)
        return {};
    QStringList versions {QString::fromLatin1(versionName(*version))};
    QString name;
    QStringList facts;
    for (const Extension &extension : extensionsOf(contentOf(body.last(reader.left()))))
        addOffer(extension, facts, versions, name);
    facts.prepend(listed(u"cipher suites"_s, named(*suites, &suiteName)));
    facts.prepend(name.isEmpty() ? u"no SNI"_s : u"SNI "_s + name);
    facts.prepend(listed(u"offers"_s, versions));
    return facts;
}

QStringList encryptedExtensions(QByteArrayView body)
{
    QStringList facts;
    for (const Extension &extension : extensionsOf(contentOf(body))) {
        if (extension.type == ExtensionType::Alpn)
            facts.append(listed(u"ALPN"_s, protocolsOf(extension.data)));
        else if (extension.type == ExtensionType::EarlyData)
            facts.append(u"early data taken"_s);
    }
    return facts;
}

qsizetype countOf(QByteArrayView vectors, int lengthOctets)
{
    qsizetype count = 0;
    WireReader reader(vectors);
    while (!reader.atEnd() && reader.vector(lengthOctets))
        ++count;
    return count;
}

} // namespace

void TlsTrace::alert(Direction direction, QByteArrayView alert)
{
    constexpr quint8 CloseNotify = 0;
    constexpr quint8 Fatal = 2;
    if (alert.size() != 2)
        return;
    const auto level = static_cast<quint8>(alert[0]);
    const auto description = static_cast<quint8>(alert[1]);
    if (description == CloseNotify && !m_everything)
        return;
    m_notes.append(directionName(direction)
        + u"alert: %1 %2 (%3)"_s.arg(level == Fatal ? u"fatal"_s : u"warning"_s,
            QString::fromLatin1(alertName(description)), QString::number(description)));
}

void TlsTrace::changeCipherSpec(Direction direction)
{
    if (m_everything)
        m_notes.append(directionName(direction) + u"ChangeCipherSpec"_s);
}

void TlsTrace::message(Direction direction, QByteArrayView message)
{
    constexpr qsizetype Head = 4;
    if (!m_everything || message.size() < Head)
        return;
    const auto type = static_cast<quint8>(message[0]);
    const QByteArrayView body = message.sliced(Head);
    const QStringList facts = factsOf(type, body);
    QString note = directionName(direction)
        + u"%1, %2 octets"_s.arg(messageName(type), QString::number(body.size()));
    if (!facts.isEmpty())
        note += u": "_s + facts.join(u"; "_s);
    constexpr auto Cut = " ..."_L1;
    if (note.size() > LongestNote)
        note = note.first(LongestNote - Cut.size()) + Cut;
    m_notes.append(note);
}

QStringList TlsTrace::factsOf(quint8 type, QByteArrayView body)
{
    switch (static_cast<MessageType>(type)) {
    case MessageType::ClientHello:
        return clientHello(body);
    case MessageType::ServerHello:
        return serverHello(body);
    case MessageType::EncryptedExtensions:
        return encryptedExtensions(body);
    case MessageType::Certificate:
        return certificates(body);
    case MessageType::CertificateRequest:
        return certificateRequest(body);
    case MessageType::ServerKeyExchange:
        return keyExchange(body);
    case MessageType::NewSessionTicket:
        return newSessionTicket(body);
    case MessageType::CertificateVerify:
        if (const auto scheme = WireReader(body).number16(); scheme && m_version >= Tls12)
            return {QString::fromLatin1(schemeName(*scheme))};
        return {};
    case MessageType::HelloRequest:
    case MessageType::ServerHelloDone:
    case MessageType::ClientKeyExchange:
    case MessageType::Finished:
    case MessageType::CertificateStatus:
    case MessageType::KeyUpdate:
        return {};
    }
    return {};
}

QStringList TlsTrace::serverHello(QByteArrayView body)
{
    const auto hello = readServerHello(body);
    if (!hello)
        return {};
    m_version = hello->version;
    m_suite = hello->suite;
    QStringList facts {QString::fromLatin1(versionName(hello->version)),
        QString::fromLatin1(suiteName(hello->suite))};
    if (hello->isRetry)
        facts.prepend(u"asks for another ClientHello"_s);
    if (hello->group != 0)
        facts.append(u"group "_s + QString::fromLatin1(groupName(hello->group)));
    if (hello->isResumed)
        facts.append(u"takes the session up again"_s);
    if (!hello->protocol.isEmpty())
        facts.append(u"ALPN "_s + printable(hello->protocol));
    if (hello->version <= Tls12 && !hello->extendedMasterSecret)
        facts.append(u"no extended master secret"_s);
    return facts;
}

QStringList TlsTrace::certificates(QByteArrayView body) const
{
    const bool in13 = m_version >= Tls13;
    WireReader reader(body);
    if (in13 && !reader.vector(1)) // the request's context
        return {};
    const auto list = reader.vector(3);
    if (!list)
        return {};
    int count = 0;
    WireReader certificates(*list);
    while (!certificates.atEnd() && certificates.vector(3) && (!in13 || certificates.vector(2)))
        ++count;
    return {count == 1 ? u"1 certificate"_s : u"%1 certificates"_s.arg(count)};
}

QStringList TlsTrace::certificateRequest(QByteArrayView body) const
{
    WireReader reader(body);
    QByteArrayView algorithms;
    QByteArrayView authorities;
    static_cast<void>(reader.vector(1)); // the context; up to TLS 1.2 the kinds of keys
    if (m_version >= Tls13) {
        constexpr auto CertificateAuthorities = ExtensionType(47);
        for (const Extension &extension : extensionsOf(contentOf(body.last(reader.left())))) {
            if (extension.type == ExtensionType::SignatureAlgorithms)
                algorithms = contentOf(extension.data);
            else if (extension.type == CertificateAuthorities)
                authorities = contentOf(extension.data);
        }
    } else {
        if (m_version == Tls12)
            algorithms = reader.vector(2).value_or(QByteArrayView());
        authorities = reader.vector(2).value_or(QByteArrayView());
    }
    QStringList facts;
    if (!algorithms.isEmpty())
        facts.append(listed(u"signature algorithms"_s, named(algorithms, &schemeName)));
    facts.append(authorities.isEmpty() ? u"of any authority"_s
                                       : u"of %1 authorities"_s.arg(countOf(authorities, 2)));
    return facts;
}

QStringList TlsTrace::keyExchange(QByteArrayView body) const
{
    const auto read = readKeyExchange(m_suite, body);
    if (read && read->group != 0)
        return {u"group "_s + QString::fromLatin1(groupName(read->group))};
    if (read && read->dhBits != 0)
        return {u"DH of %1 bits"_s.arg(read->dhBits)};
    return {};
}

// RFC 8446 4.6.1, RFC 5077 3.3.
QStringList TlsTrace::newSessionTicket(QByteArrayView body) const
{
    WireReader reader(body);
    const auto lifetime = reader.number(4);
    if (m_version >= Tls13) {
        static_cast<void>(reader.number(4));
        static_cast<void>(reader.vector(1));
    }
    const auto ticket = reader.vector(2);
    if (!lifetime || !ticket)
        return {};
    QStringList facts {u"ticket of %1 octets, good for %2 s"_s.arg(ticket->size()).arg(*lifetime)};
    for (const Extension &extension : extensionsOf(contentOf(body.last(reader.left())))) {
        const auto octets = WireReader(extension.data).number(4);
        if (extension.type == ExtensionType::EarlyData && octets)
            facts.append(u"early data up to %1 octets"_s.arg(*octets));
    }
    return facts;
}

} // namespace Mailgauge::Tls
