// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/reasontext.h"

#include "base/literals.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Models {

namespace {

struct Phrase {
    const char *reason;
    const char *text;
};

constexpr std::array phrases {
    Phrase {"authFailure",
        QT_TRANSLATE_NOOP("ReasonText", "the message does not prove where it is from")},
    Phrase {"authRequired", QT_TRANSLATE_NOOP("ReasonText", "we have to log in first")},
    Phrase {"authTemporary", QT_TRANSLATE_NOOP("ReasonText", "it cannot check passwords now")},
    Phrase {"authWeak", QT_TRANSLATE_NOOP("ReasonText", "this way to log in is not safe enough")},
    Phrase {"badReputation", QT_TRANSLATE_NOOP("ReasonText", "our address has a bad name")},
    Phrase {"blocklisted", QT_TRANSLATE_NOOP("ReasonText", "our address is on a block list")},
    Phrase {"contentError", QT_TRANSLATE_NOOP("ReasonText", "the message cannot be read")},
    Phrase {"exceedLimit", QT_TRANSLATE_NOOP("ReasonText", "more than it allows")},
    Phrase {"expired", QT_TRANSLATE_NOOP("ReasonText", "it tried for too long")},
    Phrase {"filtered", QT_TRANSLATE_NOOP("ReasonText", "the recipient's settings refuse it")},
    Phrase {"greylisted",
        QT_TRANSLATE_NOOP("ReasonText", "we are new here and should come again later")},
    Phrase {"hasMoved", QT_TRANSLATE_NOOP("ReasonText", "the recipient has moved")},
    Phrase {"hostUnknown", QT_TRANSLATE_NOOP("ReasonText", "no such domain")},
    Phrase {"mailboxFull", QT_TRANSLATE_NOOP("ReasonText", "the mailbox is full")},
    Phrase {"mailerError",
        QT_TRANSLATE_NOOP("ReasonText", "the program that puts mail into the mailbox failed")},
    Phrase {"messageTooBig", QT_TRANSLATE_NOOP("ReasonText", "the message is too large")},
    Phrase {"network", QT_TRANSLATE_NOOP("ReasonText", "it could not reach the next server")},
    Phrase {"notAccepting", QT_TRANSLATE_NOOP("ReasonText", "it takes no mail")},
    Phrase {"notCompliant", QT_TRANSLATE_NOOP("ReasonText", "the message breaks a standard")},
    Phrase {"policy", QT_TRANSLATE_NOOP("ReasonText", "against its rules")},
    Phrase {"rateLimited", QT_TRANSLATE_NOOP("ReasonText", "too much in too short a time")},
    Phrase {"relayDenied", QT_TRANSLATE_NOOP("ReasonText", "it does not pass mail on for us")},
    Phrase {"reverseDns", QT_TRANSLATE_NOOP("ReasonText", "our address has no proper name")},
    Phrase {"securityError", QT_TRANSLATE_NOOP("ReasonText", "for reasons of security")},
    Phrase {"senderRejected",
        QT_TRANSLATE_NOOP("ReasonText", "it does not take mail from this sender")},
    Phrase {"spam", QT_TRANSLATE_NOOP("ReasonText", "it looks like spam")},
    Phrase {"startTlsFailed", QT_TRANSLATE_NOOP("ReasonText", "its encryption does not work")},
    Phrase {"suppressed",
        QT_TRANSLATE_NOOP("ReasonText", "the address is on its list of those it no longer tries")},
    Phrase {"suspended", QT_TRANSLATE_NOOP("ReasonText", "the mailbox is locked")},
    Phrase {"syntaxError",
        QT_TRANSLATE_NOOP("ReasonText", "it did not understand the address or command")},
    Phrase {"systemError", QT_TRANSLATE_NOOP("ReasonText", "something is wrong on its side")},
    Phrase {"systemFull", QT_TRANSLATE_NOOP("ReasonText", "it has no room")},
    Phrase {"tlsRequired", QT_TRANSLATE_NOOP("ReasonText", "only on a private line")},
    Phrase {"tooManyConnections", QT_TRANSLATE_NOOP("ReasonText", "too many calls at once")},
    Phrase {"userUnknown", QT_TRANSLATE_NOOP("ReasonText", "no such mailbox")},
    Phrase {"virus", QT_TRANSLATE_NOOP("ReasonText", "it found something harmful")},
    Phrase {"wrongPassword", QT_TRANSLATE_NOOP("ReasonText", "wrong user or password")},
};

QString fault(Tls::VerifyReason::Kind kind)
{
    using enum Tls::VerifyReason::Kind;
    switch (kind) {
    case Untrusted:
        return ReasonText::tr("nobody we trust has signed it");
    case SelfSigned:
        return ReasonText::tr("it was signed by itself");
    case Expired:
        return ReasonText::tr("it has expired");
    case NotYetValid:
        return ReasonText::tr("it is not valid yet");
    case NameMismatch:
        return ReasonText::tr("it is for another name");
    case WeakKey:
        return ReasonText::tr("its key is too weak");
    case PinMismatch:
        return ReasonText::tr("it is not the one we expect");
    case TlsaMismatch:
        return ReasonText::tr("it is not the one that the DNS names");
    case Other:
        return ReasonText::tr("it has another fault");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

QString ReasonText::phrase(const QByteArray &reason)
{
    const auto found = std::ranges::find_if(
        phrases, [&reason](const Phrase &phrase) { return reason == phrase.reason; });
    return found == phrases.end() ? QString()
                                  : QCoreApplication::translate("ReasonText", found->text);
}

QString ReasonText::certificate(const Tls::TlsFacts &facts)
{
    QStringList faults;
    for (const Tls::VerifyReason &reason : facts.reasons)
        faults.append(fault(reason.kind));
    faults.removeDuplicates();
    return faults.join(u", "_s);
}

QString ReasonText::failure(Base::Error::Kind kind)
{
    using enum Base::Error::Kind;
    switch (kind) {
    case Resolve:
        return tr("Nobody knows the address of this relay");
    case Connect:
        return tr("Nobody answered");
    case TlsHandshake:
        return tr("The private line did not come about");
    case Timeout:
        return tr("It said nothing for too long, so we gave up");
    case ConnectionClosed:
        return tr("The line went dead");
    case MalformedReply:
    case ReplyTooLong:
        return tr("It said something that makes no sense, so we hung up");
    case Cancelled:
        return tr("You stopped it");
    case Denied:
        return tr("We hung up, because going on would not have been safe");
    case Unsupported:
        return tr("It lacks something that this message needs");
    case InvalidInput:
    case Io:
    case Full:
    case Corrupt:
        return tr("Something went wrong on our side");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace Mailgauge::Models
