// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/endofdatacheck.h"

#include "base/literals.h"

namespace Mailgauge::Diagnose {

namespace {

using Smtp::Reply;
using Smtp::ReplyClass;

} // namespace

const QList<EndVariant> &endVariants()
{
    static const QList<EndVariant> variants {{"LF . LF", "\n.\n"_ba}, {"LF . CRLF", "\n.\r\n"_ba},
        {"CRLF . LF", "\r\n.\n"_ba}, {"CR . CR", "\r.\r"_ba}, {"CRLF . CR", "\r\n.\r"_ba},
        {"CR . CRLF", "\r.\r\n"_ba}, {"LF . CR", "\n.\r"_ba}, {"CR . LF", "\r.\n"_ba},
        {"CRLF NUL . CRLF", "\r\n\0.\r\n"_ba}, {"CRLF . NUL CRLF", "\r\n.\0\r\n"_ba},
        {"CRCRLF . CRCRLF", "\r\r\n.\r\r\n"_ba}, {"CRLF . CR NUL LF", "\r\n.\r\0\n"_ba}};
    return variants;
}

QByteArray variantMessage(const EndVariant &variant)
{
    return "Subject: Mailgauge, test of the end of data: " + variant.name
        + "\r\n\r\nThis message tests what ends a message. It can be deleted." + variant.bytes
        + "NOOP\r\n.\r\n";
}

EndOfDataCheck::EndOfDataCheck(const Ground &ground, QObject *parent)
    : BehaviourCheck(ground, Check::EndOfData, parent)
{
}

void EndOfDataCheck::begin()
{
    if (ground().options.recipient.isEmpty() || !ground().options.ownServer)
        return notTested("notTested.consent");
    next();
}

void EndOfDataCheck::next()
{
    if (m_at >= endVariants().size())
        return done();
    reach(Level::Secure, [this] {
        ask(mailFrom({}), [this](const Reply &mail) {
            if (mail.replyClass() != ReplyClass::Completion)
                return notTested("notTested.refused", shownReply(mail));
            ask(rcptTo(ground().options.recipient), [this](const Reply &rcpt) {
                if (rcpt.replyClass() != ReplyClass::Completion)
                    return notTested("notTested.refused", shownReply(rcpt));
                send();
            });
        });
    });
}

void EndOfDataCheck::send()
{
    talk().dataAsIs(variantMessage(endVariants().at(m_at)), [this](const Net::StepResult &result) {
        if (result.failure) {
            // Refused by hanging up, or not answered: in no case taken for the end.
            addProbe(endVariants().at(m_at).name, Verdict::NotTested,
                result.failure->error.detail.toUtf8());
            ++m_at;
            return next();
        }
        const QByteArray answer = shownReply(*result.reply);
        const Evidence evidence = talk().lastLine();
        talk().quit([this, answer, evidence](
                        const Net::StepResult &quit) { judge(answer, evidence, quit); });
    });
}

void EndOfDataCheck::judge(
    const QByteArray &answer, const Evidence &evidence, const Net::StepResult &quit)
{
    const EndVariant &variant = endVariants().at(m_at);
    const bool odd = quit.reply
        ? quit.reply->code != 221 && quit.reply->code != 421
        : quit.failure && quit.failure->error.kind == Base::Error::Kind::MalformedReply;
    // Without an answer to QUIT nobody knows what else would have come.
    addProbe(variant.name,
        odd              ? Verdict::Finding
            : quit.reply ? Verdict::Ok
                         : Verdict::NotTested,
        answer);
    if (odd)
        addFinding(
            "data.endVariant", Base::Severity::Error, variant.name, {evidence, talk().lastLine()});
    ++m_at;
    next();
}

} // namespace Mailgauge::Diagnose
