// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/headersection.h"

#include "base/literals.h"
#include "mime/headerwriter.h"

#include <QLocale>
#include <QSet>
#include <QUrl>
#include <QUuid>

#include <algorithm>

namespace Mailgauge::Mime {

namespace {

using Kind = Base::Error::Kind;

/// Fields that the draft has members for, or that follow from its parts.
const QSet<QByteArray> &ownFields()
{
    static const QSet<QByteArray> names {"from", "to", "cc", "bcc", "reply-to", "subject", "date",
        "message-id", "mime-version", "resent-bcc"};
    return names;
}

/// At most one of each in a message (RFC 5322 3.6).
const QSet<QByteArray> &uniqueFields()
{
    static const QSet<QByteArray> names {"sender", "in-reply-to", "references"};
    return names;
}

/// Structured fields that hold addresses: encoded words may only stand in their display names.
const QSet<QByteArray> &addressFields()
{
    static const QSet<QByteArray> names {"sender", "resent-from", "resent-sender", "resent-to",
        "resent-cc", "resent-reply-to", "disposition-notification-to", "return-receipt-to",
        "errors-to", "mail-followup-to", "mail-reply-to"};
    return names;
}

QByteArray rfc5322Date(const QDateTime &date)
{
    const int offset = date.offsetFromUtc() / 60;
    const QString zone = u"%1%2%3"_s.arg(QChar(offset < 0 ? u'-' : u'+'))
                             .arg(qAbs(offset) / 60, 2, 10, QChar(u'0'))
                             .arg(qAbs(offset) % 60, 2, 10, QChar(u'0'));
    // Names of days and months are protocol, not language.
    return (QLocale::c().toString(date, u"ddd, dd MMM yyyy HH:mm:ss "_s) + zone).toLatin1();
}

bool isIdDomain(QByteArrayView domain)
{
    return !domain.isEmpty() && domain.size() <= 255 && std::ranges::all_of(domain, [](char c) {
        return c > ' ' && c < 127 && !QByteArrayView("<>()@,;:\\\"").contains(c);
    });
}

bool isMessageId(QByteArrayView id)
{
    const qsizetype at = id.indexOf('@');
    return at > 0 && at + 1 < id.size() && id.size() <= 900 && std::ranges::all_of(id, [](char c) {
        return c > ' ' && c < 127 && c != '<' && c != '>';
    });
}

Base::Result<QByteArray> messageIdFor(
    const MessageDraft &draft, const QByteArray &idDomain, const QList<AddressEntry> &from)
{
    if (!draft.messageId.isEmpty()) {
        if (!isMessageId(draft.messageId))
            return Base::fail(
                Kind::InvalidInput, u"Message-ID: not of the form left@right"_s, draft.messageId);
        return draft.messageId;
    }
    QByteArray domain = idDomain;
    if (domain.isEmpty() && !from.first().addresses.isEmpty()) {
        const QByteArray &address = from.first().addresses.first().address;
        domain = address.sliced(address.lastIndexOf('@') + 1);
    }
    if (std::ranges::any_of(domain, [](char c) { return (c & 0x80) != 0; }))
        domain = QUrl::toAce(QString::fromUtf8(domain));
    if (!isIdDomain(domain))
        return Base::fail(
            Kind::InvalidInput, u"Message-ID: no usable domain to make one"_s, domain);
    return QUuid::createUuid().toByteArray(QUuid::WithoutBraces) + '@' + domain;
}

class Section {
public:
    /// Writes an address field where it has addresses; `parsed` gets them.
    [[nodiscard]] Base::Result<void> addAddresses(
        const QByteArray &name, const QString &value, QList<AddressEntry> *parsed = nullptr)
    {
        auto entries = parseAddressList(value);
        if (!entries) {
            Base::Error error = entries.error();
            error.detail = QString::fromLatin1(name) + u": "_s + error.detail;
            return std::unexpected(error);
        }
        if (!entries->isEmpty())
            m_bytes += addressField(name, *entries);
        if (parsed)
            *parsed = *std::move(entries);
        return {};
    }

    [[nodiscard]] Base::Result<void> addText(const QByteArray &name, const QString &value)
    {
        if (hasForbiddenControl(value))
            return Base::fail(Kind::InvalidInput,
                u"%1: CR, LF or NUL in the value"_s.arg(QString::fromLatin1(name)), value.toUtf8());
        m_bytes += textField(name, value);
        return {};
    }

    void addRaw(const QByteArray &name, const QByteArray &value)
    {
        m_bytes += name + ": " + value + "\r\n";
    }

    [[nodiscard]] Base::Result<void> addFurther(const HeaderField &field)
    {
        const QByteArray name = field.name.toLower();
        if (!isFieldName(field.name))
            return Base::fail(Kind::InvalidInput, u"not a header field name"_s, field.name);
        if (ownFields().contains(name) || name.startsWith("content-"))
            return Base::fail(Kind::InvalidInput,
                u"%1: may stand only once and has a place of its own"_s.arg(
                    QString::fromLatin1(field.name)),
                field.name);
        if (uniqueFields().contains(name) && m_seen.contains(name))
            return Base::fail(Kind::InvalidInput,
                u"%1: may stand only once"_s.arg(QString::fromLatin1(field.name)), field.name);
        m_seen.insert(name);
        if (hasForbiddenControl(field.value))
            return addText(field.name, field.value); // refuses
        if (addressFields().contains(name) && parseAddressList(field.value))
            return addAddresses(field.name, field.value);
        return addText(field.name, field.value);
    }

    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }

private:
    QByteArray m_bytes;
    QSet<QByteArray> m_seen;
};

} // namespace

Base::Result<HeaderSection> headerSection(const MessageDraft &draft, const QByteArray &idDomain)
{
    Section section;
    QList<AddressEntry> from;
    section.addRaw(
        "Date"_ba, rfc5322Date(draft.date.isValid() ? draft.date : QDateTime::currentDateTime()));
    const auto fromAdded = section.addAddresses("From"_ba, draft.from, &from);
    if (!fromAdded)
        return std::unexpected(fromAdded.error());
    if (from.isEmpty())
        return Base::fail(Kind::InvalidInput, u"From: no address"_s);

    const std::array<std::pair<QByteArray, const QString *>, 3> addresses {
        {{"Reply-To"_ba, &draft.replyTo}, {"To"_ba, &draft.to}, {"Cc"_ba, &draft.cc}}};
    for (const auto &[name, value] : addresses)
        if (const auto added = section.addAddresses(name, *value); !added)
            return std::unexpected(added.error());
    // Not written, but a mistake in it must not wait for the envelope.
    if (const auto bcc = parseAddressList(draft.bcc); !bcc) {
        Base::Error error = bcc.error();
        error.detail.prepend(u"Bcc: "_s);
        return std::unexpected(error);
    }

    const auto id = messageIdFor(draft, idDomain, from);
    if (!id)
        return std::unexpected(id.error());
    section.addRaw("Message-ID"_ba, '<' + *id + '>');
    if (const auto added = section.addText("Subject"_ba, draft.subject); !added)
        return std::unexpected(added.error());
    for (const HeaderField &field : draft.headers)
        if (const auto added = section.addFurther(field); !added)
            return std::unexpected(added.error());
    section.addRaw("MIME-Version"_ba, "1.0"_ba);

    return HeaderSection {.bytes = section.bytes(), .messageId = *id};
}

} // namespace Mailgauge::Mime
