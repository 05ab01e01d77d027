// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/serverflight.h"

#include "tls/ciphersuites.h"
#include "tls/tlscodes.h"
#include "tls/wire.h"

#include <QtEndian>

#include <bit>

namespace Mailgauge::Tls {

namespace {

constexpr qsizetype RecordHead = 5;
constexpr qsizetype MessageHead = 4;
constexpr int MaxRecord = 16 * 1024 + 2048; // RFC 5246 6.2.3

// SHA-256 of "HelloRetryRequest" (RFC 8446 4.1.3).
const QByteArray retryRandom = QByteArray::fromHex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

bool readExtension(quint16 type, QByteArrayView data, ServerHello &hello)
{
    WireReader reader(data);
    switch (static_cast<ExtensionType>(type)) {
    case ExtensionType::ExtendedMasterSecret:
        hello.extendedMasterSecret = true;
        return true;
    case ExtensionType::RenegotiationInfo:
        hello.secureRenegotiation = true;
        return true;
    case ExtensionType::SupportedVersions: {
        const auto version = reader.number16();
        hello.version = version.value_or(0);
        return version && reader.atEnd();
    }
    case ExtensionType::Cookie: {
        const auto cookie = reader.vector(2);
        hello.cookie = cookie ? cookie->toByteArray() : QByteArray();
        return cookie && reader.atEnd();
    }
    case ExtensionType::KeyShare: {
        const auto group = reader.number16();
        hello.group = group.value_or(0);
        // A HelloRetryRequest names the group alone, a ServerHello brings a key.
        return group && (hello.isRetry || reader.vector(2)) && reader.atEnd();
    }
    case ExtensionType::PreSharedKey:
        hello.isResumed = true;
        return true;
    case ExtensionType::Alpn: {
        const auto list = reader.vector(2);
        const auto protocol = WireReader(list.value_or(QByteArrayView())).vector(1);
        hello.protocol = protocol ? protocol->toByteArray() : QByteArray();
        return protocol && reader.atEnd();
    }
    default:
        return true;
    }
}

int bitsOf(QByteArrayView number)
{
    while (!number.isEmpty() && number.front() == 0)
        number = number.sliced(1);
    if (number.isEmpty())
        return 0;
    return static_cast<int>(number.size() - 1) * 8
        + std::bit_width(static_cast<quint8>(number.front()));
}

} // namespace

QByteArray alertText(const Alert &alert)
{
    return "alert " + QByteArray::number(alert.description) + ' ' + alertName(alert.description);
}

std::optional<ServerHello> readServerHello(QByteArrayView body)
{
    WireReader reader(body);
    ServerHello hello;
    const auto version = reader.number16();
    const auto random = reader.take(32);
    const auto session = reader.vector(1);
    const auto suite = reader.number16();
    const auto compression = reader.number(1);
    if (!version || !random || !session || session->size() > 32 || !suite || compression != 0U)
        return std::nullopt;
    hello.version = *version;
    hello.suite = *suite;
    hello.isRetry = *random == retryRandom;
    if (!reader.atEnd()) { // up to TLS 1.2 there may be none at all
        const auto extensions = reader.vector(2);
        if (!extensions || !reader.atEnd())
            return std::nullopt;
        WireReader list(*extensions);
        while (!list.atEnd()) {
            const auto type = list.number16();
            const auto data = list.vector(2);
            if (!type || !data || !readExtension(*type, *data, hello))
                return std::nullopt;
        }
    }
    return hello;
}

std::optional<KeyExchangeFacts> readKeyExchange(quint16 suite, QByteArrayView body)
{
    constexpr quint32 ExplicitPrime = 1;
    constexpr quint32 ExplicitChar2 = 2;
    constexpr quint32 NamedCurve = 3;
    KeyExchangeFacts facts;
    const CipherSuite *known = cipherSuite(suite);
    if (!known)
        return facts;
    WireReader reader(body);
    if (known->isPsk() && !reader.vector(2)) // the hint
        return std::nullopt;
    switch (known->keyExchange()) {
    case KeyExchange::Ecdhe: {
        const auto type = reader.number(1);
        if (type == NamedCurve)
            facts.group = reader.number16().value_or(0);
        else if (type == ExplicitPrime || type == ExplicitChar2)
            facts.group = static_cast<quint16>(0xff00 + *type);
        return facts.group != 0 ? std::optional(facts) : std::nullopt;
    }
    case KeyExchange::Dhe: {
        const auto prime = reader.vector(2);
        facts.dhBits = prime ? bitsOf(*prime) : 0;
        return facts.dhBits != 0 ? std::optional(facts) : std::nullopt;
    }
    case KeyExchange::None:
    case KeyExchange::Fixed:
        break;
    }
    return facts;
}

void ServerFlightReader::fail(const QByteArray &problem)
{
    m_state = State::Malformed;
    m_problem = problem;
}

void ServerFlightReader::feed(QByteArrayView bytes)
{
    if (m_state != State::NeedMore || bytes.isEmpty())
        return;
    m_total += bytes.size();
    m_bytes += bytes;
    qsizetype at = 0;
    while (m_state == State::NeedMore && at < m_bytes.size()) {
        const QByteArrayView left = QByteArrayView(m_bytes).sliced(at);
        const auto type = static_cast<quint8>(left[0]);
        if (type < std::to_underlying(RecordType::ChangeCipherSpec)
            || type > std::to_underlying(RecordType::ApplicationData)) {
            if (m_flight == ServerFlight())
                m_state = State::NotTls;
            else
                fail("record of type " + QByteArray::number(type));
            break;
        }
        if (left.size() < RecordHead)
            break;
        const int length = qFromBigEndian<quint16>(left.data() + 3);
        if (left[1] != 3 || length > MaxRecord || length == 0) {
            fail("record of version " + hexCode(qFromBigEndian<quint16>(left.data() + 1)) + ", "
                + QByteArray::number(length) + " octets");
            break;
        }
        if (left.size() < RecordHead + length)
            break;
        readRecord(type, left.sliced(RecordHead, length));
        at += RecordHead + length;
    }
    m_bytes.remove(0, at);
    if (m_state == State::NeedMore && m_total > MaxFlight)
        fail("more than " + QByteArray::number(MaxFlight) + " octets");
}

void ServerFlightReader::readRecord(quint8 type, QByteArrayView content)
{
    switch (static_cast<RecordType>(type)) {
    case RecordType::Alert:
        return readAlert(content);
    case RecordType::Handshake:
        m_messages += content;
        return readMessages();
    case RecordType::ChangeCipherSpec: // RFC 8446 5: behind a HelloRetryRequest one means nothing
        if (!m_flight.hello && content == QByteArrayView("\1"))
            return;
        [[fallthrough]];
    case RecordType::ApplicationData:
        fail("record of type " + QByteArray::number(type) + " in the middle of the handshake");
    }
}

void ServerFlightReader::readAlert(QByteArrayView content)
{
    constexpr quint8 Warning = 1;
    constexpr quint8 CloseNotify = 0;
    if (content.size() != 2)
        return fail("alert of " + QByteArray::number(content.size()) + " octets");
    const Alert alert {static_cast<quint8>(content[0]), static_cast<quint8>(content[1])};
    if (alert.level == Warning && alert.description != CloseNotify) {
        m_flight.warning = alert;
        return;
    }
    m_flight.alert = alert;
    m_state = State::Alerted;
}

void ServerFlightReader::readMessages()
{
    qsizetype at = 0;
    while (m_state == State::NeedMore && m_messages.size() - at >= MessageHead) {
        const QByteArrayView left = QByteArrayView(m_messages).sliced(at);
        const qsizetype length = qFromBigEndian<quint32>(left.data()) & 0xffffff;
        if (length > MaxMessage) {
            fail("message of " + QByteArray::number(length) + " octets");
            break;
        }
        if (left.size() < MessageHead + length)
            break;
        readMessage(static_cast<quint8>(left[0]), left.sliced(MessageHead, length));
        at += MessageHead + length;
    }
    m_messages.remove(0, at);
}

void ServerFlightReader::readMessage(quint8 type, QByteArrayView body)
{
    const bool first = !m_flight.hello;
    const auto kind = static_cast<MessageType>(type);
    if (kind == MessageType::HelloRequest && body.isEmpty())
        return;
    if (first != (kind == MessageType::ServerHello))
        return fail("message " + QByteArray::number(type) + (first ? " before" : " behind")
            + " the ServerHello");
    bool readable = true;
    switch (kind) {
    case MessageType::ServerHello:
        readable = takeHello(body);
        // All that follows is encrypted.
        if (readable && m_flight.hello->version >= Tls13)
            m_state = State::Complete;
        break;
    case MessageType::Certificate:
        readable = readCertificates(body);
        break;
    case MessageType::ServerKeyExchange:
        readable = takeKeyExchange(body);
        break;
    case MessageType::CertificateStatus:
        m_flight.stapled = true;
        break;
    case MessageType::CertificateRequest:
        break;
    case MessageType::ServerHelloDone:
        m_state = State::Complete;
        break;
    default:
        return fail("message " + QByteArray::number(type) + " behind the ServerHello");
    }
    if (!readable)
        fail("message " + QByteArray::number(type) + " cannot be read");
}

bool ServerFlightReader::takeHello(QByteArrayView body)
{
    m_flight.hello = readServerHello(body);
    return m_flight.hello.has_value();
}

bool ServerFlightReader::readCertificates(QByteArrayView body)
{
    WireReader reader(body);
    const auto list = reader.vector(3);
    if (!list || !reader.atEnd() || !m_flight.certificates.isEmpty())
        return false;
    WireReader certificates(*list);
    while (!certificates.atEnd()) {
        const auto der = certificates.vector(3);
        if (!der || der->isEmpty())
            return false;
        m_flight.certificates.append(der->toByteArray());
    }
    return true;
}

bool ServerFlightReader::takeKeyExchange(QByteArrayView body)
{
    const auto read = readKeyExchange(m_flight.hello->suite, body);
    if (!read)
        return false;
    m_flight.group = read->group;
    m_flight.dhBits = read->dhBits;
    return true;
}

} // namespace Mailgauge::Tls
