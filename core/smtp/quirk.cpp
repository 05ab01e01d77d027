// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/quirk.h"

namespace Mailgauge::Smtp {

QByteArrayView quirkName(Quirk quirk)
{
    switch (quirk) {
    case Quirk::BareLfInReply:
        return "bareLfInReply";
    case Quirk::CodeWithoutText:
        return "codeWithoutText";
    case Quirk::EnhancedCodeContradicts:
        return "enhancedCodeContradicts";
    case Quirk::NotUtf8:
        return "notUtf8";
    case Quirk::LongReplyLine:
        return "longReplyLine";
    case Quirk::HelloDomainMissing:
        return "helloDomainMissing";
    case Quirk::DuplicateCapability:
        return "duplicateCapability";
    case Quirk::MalformedCapability:
        return "malformedCapability";
    case Quirk::UnexpectedCode:
        return "unexpectedCode";
    case Quirk::NoCloseNotify:
        return "noCloseNotify";
    case Quirk::StartTlsRefused:
        return "startTlsRefused";
    case Quirk::AuthInClearOnly:
        return "authInClearOnly";
    case Quirk::AuthDowngrade:
        return "authDowngrade";
    case Quirk::AuthMechanismRefused:
        return "authMechanismRefused";
    case Quirk::AuthGivenUp:
        return "authGivenUp";
    case Quirk::DomainToAscii:
        return "domainToAscii";
    case Quirk::Utf8HeaderAnyway:
        return "utf8HeaderAnyway";
    case Quirk::EightBitAnyway:
        return "eightBitAnyway";
    case Quirk::ChunkingRefused:
        return "chunkingRefused";
    case Quirk::ContentForNobody:
        return "contentForNobody";
    }
    Q_UNREACHABLE_RETURN("");
}

} // namespace Mailgauge::Smtp
