// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/mechanism.h"
#include "sasl/saslprep.h"
#include "sasl/scram.h"

#include "check.h"

using namespace Mailgauge;

/// Each line of the input is one decoded challenge; every mechanism gets them all.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const QList<QByteArray> challenges = bytes.split('\n');
    Sasl::Credentials who {"user", "", Base::Secret("pencil"), Base::Secret("token")};
    who.binding = {"tls-exporter", "bound"};
    const auto play = [&challenges](Sasl::Mechanism &mechanism) {
        int answered = mechanism.isClientFirst() && mechanism.respond({}) ? 1 : 0;
        for (const QByteArray &challenge : challenges) {
            const auto response = mechanism.respond(challenge);
            if (!response)
                return;
            ++answered;
        }
        check(answered <= 3); // No mechanism has more.
    };
    for (const QByteArray &name : Sasl::mechanismsByStrength()) {
        const auto mechanism = Sasl::createMechanism(name, who);
        if (!mechanism->mayBlock()) // another program's parser, behind the network
            play(*mechanism);
    }
    Sasl::Scram scram(QCryptographicHash::Sha256, Sasl::Scram::Binding::Unbound, who, "n");
    play(scram);

    if (const auto decoded = Sasl::decodeBase64(bytes))
        check(decoded->size() == bytes.size() / 4 * 3 - bytes.count('='));
    if (const auto prepared = Sasl::saslPrep(bytes))
        check(!prepared->contains('\r') && !prepared->contains('\n') && !prepared->contains('\0'));
    return 0;
}
