// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/linemeaning.h"

#include "base/literals.h"
#include "explain/provider.h"
#include "models/scramtext.h"

#include <QLocale>

namespace Mailgauge::Models {

namespace {

using Kind = Transcript::LineFact::Kind;

/// What the tooltip has room for.
constexpr qsizetype BriefFacts = 4;
constexpr qsizetype BriefValue = 120;

QString withSource(const Explain::Explanation &explanation)
{
    return explanation.rfc.isEmpty() ? explanation.text
                                     : explanation.text + u" ("_s + explanation.rfc + u')';
}

NamedValue parameter(const Transcript::LineFact &fact)
{
    return {QString::fromLatin1(fact.name),
        fact.number ? LineMeaning::octets(*fact.number) : fact.value,
        withSource(Explain::explainParameter(fact.name))};
}

QString verdict(const Tls::TlsFacts &facts)
{
    if (facts.reasons.isEmpty())
        return LineMeaning::tr("certificate accepted");
    QStringList sentences;
    for (const Tls::VerifyReason &reason : facts.reasons)
        sentences.append(Explain::explain(reason).text);
    return (facts.accepted ? LineMeaning::tr("accepted although: %1")
                           : LineMeaning::tr("not accepted: %1"))
        .arg(sentences.join(u' '));
}

} // namespace

QString LineMeaning::octets(qint64 number)
{
    const QLocale locale;
    if (number < 1024)
        return tr("%1 bytes").arg(locale.toString(number));
    return tr("%1 bytes (%2)").arg(locale.toString(number), locale.formattedDataSize(number));
}

NamedValue LineMeaning::named(const Transcript::LineFact &fact)
{
    const QString value = fact.secret && fact.value.isEmpty() ? tr("cut out") : fact.value;
    const auto with = [&](const QString &label, const QString &note = {}) {
        return NamedValue {label, value, note, fact.secret};
    };
    switch (fact.kind) {
    case Kind::Base64:
        return with(tr("Base64"));
    case Kind::Prompt:
        return with(tr("Asks for"));
    case Kind::Challenge:
        return with(
            tr("Challenge"), tr("The client answers with a digest of it and the password."));
    case Kind::AuthorizationId:
        return with(tr("Acts as"));
    case Kind::User:
        return with(tr("User"));
    case Kind::Password:
        return with(tr("Password"));
    case Kind::Digest:
        return with(tr("Digest"), tr("Made of the challenge and the password."));
    case Kind::Token:
        return with(tr("Access token"));
    case Kind::OAuthField:
        return with(visibleName(fact.name), oauthNote(fact.name));
    case Kind::Scram:
        return with(QString::fromLatin1(fact.name == "g" ? "gs2"_ba : fact.name + '='),
            scramNote(fact.name));
    case Kind::Capability:
        return with(tr("Capability"));
    case Kind::CapabilityValue:
        return with(tr("Parameters"));
    case Kind::LargestMessage:
        return {tr("Largest message"), octets(fact.number.value_or(0)), {}};
    case Kind::Parameter:
        return parameter(fact);
    case Kind::EncodedWords:
        return with(tr("Encoded words"), u"RFC 2047"_s);
    case Kind::ExtendedParameter:
        return with(visibleName(fact.name), u"RFC 2231"_s);
    case Kind::QuotedPrintable:
        return with(tr("Quoted-printable"), u"RFC 2045 6.7"_s);
    case Kind::Domain:
        return with(tr("Domain"));
    case Kind::CutOut:
        return {tr("Cut out"), tr("%1, not kept anywhere").arg(QString::fromUtf8(fact.name)), {}};
    case Kind::Kept:
        return {tr("Cut out"),
            tr("%1, kept in memory for this run").arg(QString::fromUtf8(fact.name)), {}};
    case Kind::Message:
        return with(tr("Message"));
    case Kind::Octets:
        return {tr("Octets"),
            u"%1 – %2"_s.arg(
                QLocale().toString(fact.number.value_or(0)), QLocale().toString(fact.upTo)),
            {}};
    }
    Q_UNREACHABLE_RETURN({});
}

std::optional<Explain::Explanation> LineMeaning::explanation(
    const Transcript::Transcript &transcript, qsizetype row,
    const Transcript::SessionRecord &record)
{
    const Transcript::Entry entry = transcript.entry(row);
    const Transcript::LineContext context = Transcript::contextOf(transcript, row);
    if (const QByteArray keyword = Transcript::capabilityKeyword(entry, context.place);
        !keyword.isEmpty())
        return Explain::explainCapability(keyword);
    if (const auto reply = transcript.replyAt(row))
        return Explain::explain(
            *reply, entry.stage, Explain::providerOf(record.host, record.greeting));
    switch (entry.direction) {
    case Transcript::Direction::Client:
        return Explain::explainCommand(entry.text, entry.stage);
    case Transcript::Direction::Server:
        return std::nullopt;
    case Transcript::Direction::Event:
        break;
    }
    if (record.failure && entry.stage == record.failure->stage
        && entry.text.startsWith(Base::kindName(record.failure->error.kind)))
        return Explain::explain(*record.failure);
    return Explain::explainEvent(entry.stage);
}

QList<NamedValue> LineMeaning::decoded(
    const Transcript::Transcript &transcript, qsizetype row, Transcript::Secrets secrets)
{
    QList<NamedValue> values;
    const auto facts = Transcript::lineFacts(
        transcript.entry(row), Transcript::contextOf(transcript, row), secrets);
    for (const Transcript::LineFact &fact : facts)
        values.append(named(fact));
    return values;
}

QList<NamedValue> LineMeaning::tls(const Tls::TlsFacts &facts)
{
    QList<NamedValue> values {{tr("Version"), QString::fromLatin1(facts.version), {}},
        {tr("Cipher"), QString::fromLatin1(facts.cipher), {}},
        {tr("Checked name"), facts.serverName, {}}, {tr("Verdict"), verdict(facts), {}}};
    int number = 0;
    for (const Tls::CertificateFacts &certificate : facts.chain) {
        const QString issued = tr("by %1, valid until %2, %3")
                                   .arg(certificate.issuer,
                                       QLocale().toString(certificate.notAfter.toLocalTime(),
                                           QLocale::ShortFormat),
                                       certificate.keyType);
        QString subject = certificate.subject;
        if (!certificate.names.isEmpty())
            subject += u" · "_s + certificate.names.join(u", "_s);
        values.append(
            {number == 0 ? tr("Certificate") : tr("Issuer %1").arg(number), subject, issued});
        if (number++ == 0)
            values.append({tr("Key SHA-256"), QString::fromLatin1(certificate.keySha256),
                tr("Stays when the certificate is renewed with the same key: what a pin names.")});
    }
    values.removeIf([](const NamedValue &one) { return one.value.isEmpty(); });
    return values;
}

QString LineMeaning::brief(const Transcript::Transcript &transcript, qsizetype row,
    const Transcript::SessionRecord &record)
{
    QStringList lines;
    if (const auto why = explanation(transcript, row, record)) {
        lines.append(withSource(*why));
        if (!why->nextStep.isEmpty())
            lines.append(why->nextStep);
    }
    const QList<NamedValue> values = decoded(transcript, row, Transcript::Secrets::CutOut);
    for (const NamedValue &one : values.first(std::min(values.size(), BriefFacts))) {
        lines.append(one.label + u": "_s
            + (one.value.size() > BriefValue ? one.value.first(BriefValue) + u'…' : one.value));
    }
    return lines.join(u'\n');
}

} // namespace Mailgauge::Models
