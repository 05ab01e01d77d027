// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/offerchecks.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Diagnose {

namespace {

using Base::Severity;
using Smtp::Capabilities;
using Smtp::Capability;
using Smtp::Reply;

// What mail of today uses; the others are a matter of taste.
constexpr std::array<QByteArrayView, 7> expected {
    "PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING"};

QByteArray shownCapability(const Capability &capability)
{
    return (QList<QByteArray> {capability.keyword} + capability.parameters).join(' ');
}

// Those that show the password itself, or something as good, to whoever listens.
bool showsSecret(const QByteArray &mechanism)
{
    return mechanism == "PLAIN" || mechanism == "LOGIN" || mechanism == "XOAUTH2"
        || mechanism == "OAUTHBEARER";
}

QList<QByteArray> lostIn(const Capabilities &from, const Capabilities &to)
{
    QList<QByteArray> lost;
    for (const Capability &capability : from.all()) {
        if (!to.has(capability.keyword))
            lost.append(capability.keyword);
    }
    return lost;
}

} // namespace

ExtensionsCheck::ExtensionsCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::Extensions, parent)
{
}

void ExtensionsCheck::begin()
{
    reach(Level::Secure, [this] {
        const Capabilities &offered = talk().session().capabilities();
        for (const QByteArrayView keyword : expected) {
            const Capability *capability = offered.find(keyword);
            addProbe(keyword.toByteArray(), Verdict::Ok,
                capability ? shownCapability(*capability) : QByteArray());
            if (!capability)
                addFinding("extension.missing", Severity::Info, keyword.toByteArray());
        }
        const Cell &cell = ground().cell;
        if (cell.inClear && cell.inTls)
            compare(*cell.inClear, *cell.inTls);
        done();
    });
}

void ExtensionsCheck::compare(const Capabilities &clear, const Capabilities &secure)
{
    if (secure.has("STARTTLS"))
        addFindingHere("extension.startTlsInTls", Severity::Warning);
    QList<QByteArray> lost = lostIn(clear, secure);
    lost.removeAll("STARTTLS");
    const QList<QByteArray> gained = lostIn(secure, clear);
    if (!lost.isEmpty())
        addFinding("extension.lostInTls", Severity::Info, lost.join(", "));
    if (!gained.isEmpty())
        addFinding("extension.onlyInTls", Severity::Info, gained.join(", "));
}

AuthOfferCheck::AuthOfferCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::AuthOffer, parent)
{
}

void AuthOfferCheck::begin()
{
    reach(Level::Clear, [this] {
        const Cell &cell = ground().cell;
        const QByteArrayList here = talk().session().capabilities().authMechanisms();
        const bool clear = cell.key.mode != TlsMode::Implicit;
        if (clear)
            addProbe("in clear", Verdict::Ok, here.join(' '));
        if (cell.inTls)
            addProbe("inside TLS", Verdict::Ok, cell.inTls->authMechanisms().join(' '));
        QByteArrayList shown = here;
        shown.removeIf([](const QByteArray &mechanism) { return !showsSecret(mechanism); });
        if (clear && !shown.isEmpty()) {
            // Without TLS there is no better way to log in; with it, there is no reason for this.
            addFindingHere(ground().announcesStartTls ? "auth.offeredInClear" : "auth.onlyInClear",
                ground().announcesStartTls ? Severity::Warning : Severity::Error, shown.join(' '));
        }
        done();
    });
}

HeloOnlyCheck::HeloOnlyCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::HeloOnly, parent)
{
}

void HeloOnlyCheck::begin()
{
    reach(Level::Greeted, [this] {
        const auto command = Smtp::Command::helo(ground().options.relay.session.ehloName);
        ask(command, [this, command](const Reply &reply) {
            const Verdict verdict = verdictWhere(reply, Verdict::Ok, Verdict::Finding);
            addProbe("HELO", command, reply, verdict);
            if (verdict == Verdict::Finding)
                addFindingHere("hello.heloRefused", Severity::Info, shownReply(reply));
            done();
        });
    });
}

AuthenticationCheck::AuthenticationCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::Authentication, parent)
{
}

Net::StepOptions AuthenticationCheck::stepOptions() const
{
    Net::StepOptions options = ground().step;
    options.tls.verify = ground().options.relay.tlsOptions.verify;
    return options;
}

void AuthenticationCheck::begin()
{
    if (!ground().options.authenticate)
        return notTested("notTested.consent");
    if (ground().isNamedByStranger)
        return notTested("notTested.stranger");
    const QString &exposed = ground().options.relay.exposedFile;
    if (!exposed.isEmpty())
        addFinding("credentials.exposed", Base::Severity::Warning, exposed.toUtf8());
    // The cell was found without TLS, perhaps because somebody took STARTTLS away.
    const Smtp::TlsPolicy policy = ground().options.relay.session.tls;
    if (ground().cell.key.mode == TlsMode::Clear && policy != Smtp::TlsPolicy::None
        && policy != Smtp::TlsPolicy::Opportunistic)
        return notTested("notTested.inClear");
    reach(Level::Secure, [this] {
        talk().auth(ground().options.relay.session.auth, [this](const Net::StepResult &result) {
            for (const Net::MechanismTry &tried : result.tries)
                judge(tried, &tried == &result.tries.last());
            if (broke(result))
                return;
            const Verdict verdict = verdictWhere(*result.reply, Verdict::Ok, Verdict::Finding);
            if (result.tries.isEmpty()) // It was said before anything was asked.
                addProbe("AUTH", verdict, shownReply(*result.reply));
            if (verdict == Verdict::Finding)
                addFindingHere("auth.refused", Severity::Error, shownReply(*result.reply));
            done();
        });
    });
}

void AuthenticationCheck::judge(const Net::MechanismTry &tried, bool last)
{
    QByteArrayList told;
    if (tried.reply)
        told.append(shownReply(*tried.reply));
    if (!tried.reason.isEmpty())
        told.append(tried.reason);
    const QByteArray answer = told.join(": ");
    const Verdict verdict = tried.reply ? verdictWhere(*tried.reply, Verdict::Ok, Verdict::Finding)
                                        : Verdict::NotTested;
    addProbe("AUTH " + tried.mechanism, verdict, answer);
    // As a session that sends tells it.
    if (!last)
        addFinding("quirk.authMechanismRefused", Severity::Info, tried.mechanism + ": " + answer);
}

} // namespace Mailgauge::Diagnose
