// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns/answer.h"
#include "dns/name.h"

#include "check.h"

#include <array>

using namespace Mailgauge;

/// The input is a DNS message; its first question is what was asked.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView packet(data, static_cast<qsizetype>(size));
    qsizetype at = 12;
    const auto name = Dns::readName(packet, at);
    check(!name || at <= packet.size());
    const auto message = Dns::readMessage(packet);
    if (!message)
        return 0;
    check(message->answers.size() <= Dns::Message::MaxRecords);
    for (const Dns::Record &record : message->answers) {
        for (const QByteArray &text : {record.owner, Dns::toText(record.data)}) {
            for (const char c : text) // nothing that could end a line of a transcript
                check(c >= 0x20 && c < 0x7f);
        }
    }
    using enum Dns::Type;
    for (const Dns::Type type : {A, Cname, Ptr, Mx, Txt, Aaaa, Srv, Tlsa, Caa}) {
        const Dns::Answer answer = Dns::answerFrom(
            {name.value_or(QByteArray(".")), type}, *message);
        check(answer.records.isEmpty() == (answer.status != Dns::Status::Found));
        check(!Dns::describe(answer).isEmpty());
    }
    return 0;
}
