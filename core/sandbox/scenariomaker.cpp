// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/scenariomaker.h"

#include "base/literals.h"
#include "sandbox/replyrules.h"
#include "sandbox/scenarioparser.h"
#include "sandbox/scenariowriter.h"
#include "smtp/serversession.h"

#include <algorithm>

namespace Mailgauge::Sandbox {

namespace {

using Kind = ScenarioNote::Kind;
using Smtp::Stage;
using Transcript::Exchange;

bool isPlayable(const QByteArray &mechanism)
{
    return Sasl::serverMechanisms().contains(mechanism);
}

bool isWord(const QByteArray &text)
{
    return !text.isEmpty() && text == text.simplified() && !text.contains(' ')
        && text.isValidUtf8();
}

/// Settings that make the server itself behave as the one of the session: what it announces decides
/// which parameters it understands.
class SettingsMaker final {
public:
    SettingsMaker(const Transcript::StoredSession &session, const QList<Exchange> &steps,
        QList<ScenarioNote> &notes)
        : m_record(session.record)
        , m_steps(steps)
        , m_notes(notes)
    {
    }

    [[nodiscard]] ScenarioSettings make()
    {
        readHellos();
        m_settings.hostName = hostName();
        m_settings.tls = tlsMode();
        if (m_settings.tls == TlsMode::StartTls && !m_offersStartTls)
            m_settings.offerStartTls = false;
        m_settings.certificate = certificate();
        return m_settings;
    }

private:
    void readHellos()
    {
        for (const Exchange &step : m_steps) {
            if (step.stage != Stage::Helo || !step.reply || !step.reply->isPositive()
                || !step.command.toUpper().startsWith("EHLO"))
                continue;
            const auto capabilities = Smtp::Capabilities::fromEhlo(*step.reply);
            m_offersStartTls = m_offersStartTls || capabilities.has("STARTTLS");
            m_authInClear = m_authInClear || (!step.tls && capabilities.has("AUTH"));
            m_domain = capabilities.domain();
            takeKeywords(capabilities);
        }
        m_settings.authBeforeTls = m_authInClear && m_offersStartTls;
    }

    void takeKeywords(const Smtp::Capabilities &capabilities)
    {
        m_settings.keywords.clear();
        m_settings.announceSize = false;
        for (const Smtp::Capability &capability : capabilities.all()) {
            const QByteArray &keyword = capability.keyword;
            if (keyword == "STARTTLS" || keyword == "AUTH" || keyword.startsWith("AUTH="))
                continue;
            const auto limit = keyword == "SIZE" ? capabilities.sizeLimit() : std::nullopt;
            if (limit && *limit > 0 && *limit <= ScenarioLimits::MaxMessage) {
                m_settings.announceSize = true;
                m_settings.sizeLimit = *limit;
            } else {
                m_settings.keywords
                    += (QList<QByteArray> {keyword} + capability.parameters).join(' ');
            }
        }
        takeMechanisms(capabilities.authMechanisms());
    }

    void takeMechanisms(const QList<QByteArray> &mechanisms)
    {
        if (mechanisms.isEmpty() && !m_seenAuth)
            m_settings.authMechanisms.clear();
        if (mechanisms.isEmpty())
            return;
        m_seenAuth = true;
        m_settings.authMechanisms = mechanisms;
        for (const QByteArray &mechanism : mechanisms) {
            const bool told = std::ranges::any_of(m_notes,
                [&mechanism](const ScenarioNote &note) { return note.detail == mechanism; });
            if (!isPlayable(mechanism) && !told)
                m_notes.append({Kind::AuthUnknown, mechanism});
        }
    }

    [[nodiscard]] QByteArray hostName() const
    {
        const QByteArray greeted = m_record.greeting.simplified().split(' ').first();
        for (const QByteArray &name : {m_domain, greeted}) {
            if (isWord(name))
                return name;
        }
        return ScenarioSettings().hostName;
    }

    [[nodiscard]] TlsMode tlsMode() const
    {
        const bool asked = std::ranges::any_of(
            m_steps, [](const Exchange &step) { return step.stage == Stage::StartTls; });
        const bool implicit = m_record.tlsPolicy == "implicit"
            || (!m_steps.isEmpty() && m_steps.first().stage == Stage::Tls)
            || (m_record.tls && !asked && !m_offersStartTls);
        if (implicit)
            return TlsMode::Implicit;
        // Where nothing was heard of STARTTLS it is neither announced nor allowed.
        return m_offersStartTls || asked ? TlsMode::StartTls : TlsMode::None;
    }

    [[nodiscard]] CertificateKind certificate()
    {
        using Reason = Tls::VerifyReason::Kind;
        if (!m_record.tls)
            return CertificateKind::Valid;
        CertificateKind kind = CertificateKind::Valid;
        for (const Tls::VerifyReason &reason : m_record.tls->reasons) {
            switch (reason.kind) {
            case Reason::Expired:
                kind = CertificateKind::Expired;
                break;
            case Reason::NameMismatch:
                if (kind == CertificateKind::Valid)
                    kind = CertificateKind::WrongName;
                break;
            case Reason::SelfSigned:
                if (kind == CertificateKind::Valid && reason.depth == 0)
                    kind = CertificateKind::SelfSigned;
                break;
            case Reason::Untrusted:
                break; // nobody's system knows the sandbox's root either
            case Reason::NotYetValid:
            case Reason::WeakKey:
            case Reason::PinMismatch:
            case Reason::TlsaMismatch:
            case Reason::Other:
                m_notes.append(
                    {Kind::CertificateFault, Tls::reasonName(reason.kind).toByteArray()});
                break;
            }
        }
        return kind;
    }

    const Transcript::SessionRecord &m_record;
    const QList<Exchange> &m_steps;
    QList<ScenarioNote> &m_notes;
    ScenarioSettings m_settings;
    QByteArray m_domain;
    bool m_offersStartTls = false;
    bool m_authInClear = false;
    bool m_seenAuth = false;
};

QString titleOf(const Transcript::SessionRecord &record)
{
    const QString host = Transcript::visibleText(record.host.toUtf8());
    return u"As %1 answered on %2"_s.arg(host.isEmpty() ? u"the server"_s : host,
        record.startedAt.toUTC().toString(u"yyyy-MM-dd HH:mm"_s));
}

} // namespace

namespace {

// A file that is too large could not be read again. What is at the end is asked for least.
void fit(MadeScenario &made)
{
    QList<Rule> &rules = made.scenario.rules;
    const qsizetype all = rules.size();
    while (!rules.isEmpty() && writeScenario(made.scenario).size() > ScenarioLimits::MaxFile)
        rules.resize(rules.size() * 9 / 10);
    if (rules.size() < all)
        made.notes.append({Kind::LeftOut, QByteArray::number(all - rules.size())});
}

} // namespace

MadeScenario scenarioFrom(
    const Transcript::StoredSession &session, const ScenarioMakerOptions &options)
{
    const QList<Exchange> steps = Transcript::exchangesOf(session.entries);
    MadeScenario made;
    made.scenario.name = u"session-"_s + session.record.id.toString(QUuid::WithoutBraces).first(8);
    made.scenario.title = titleOf(session.record);
    made.scenario.description
        = u"Made from a session that ended as %1. Every reply is as it was then."_s.arg(
            QLatin1StringView(Transcript::wholeOutcomeName(session.record.outcome)));
    made.scenario.settings = SettingsMaker(session, steps, made.notes).make();
    made.scenario.rules = replyRules(session, steps, options, made.notes);
    fit(made);
    return made;
}

QString noteText(const ScenarioNote &note)
{
    const QString detail = Transcript::visibleText(note.detail);
    switch (note.kind) {
    case Kind::AuthUnknown:
        return u"The sandbox announces AUTH %1 as the server did, but cannot play it."_s.arg(
            detail);
    case Kind::ScramAccount:
        return u"%1 is proved by both sides: log in with the sandbox's own account."_s.arg(detail);
    case Kind::CertificateFault:
        return u"The sandbox's certificate cannot have this fault: %1."_s.arg(detail);
    case Kind::FixedReply:
        return u"The reply to “%1” is the sandbox's own."_s.arg(detail);
    case Kind::TextChanged:
        return u"A reply held bytes that a scenario cannot; they were replaced: %1."_s.arg(detail);
    case Kind::TooMany:
        return u"Too many different recipients for one scenario: %1 get the most frequent reply."_s
            .arg(detail);
    case Kind::LeftOut:
        return u"Too many different replies for one scenario: %1 are left out."_s.arg(detail);
    case Kind::HandshakeFault:
        return u"How the TLS handshake broke is not in the transcript; the sandbox drops it: %1."_s
            .arg(detail);
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace Mailgauge::Sandbox
