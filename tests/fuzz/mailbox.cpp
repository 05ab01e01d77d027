// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/command.h"

#include "check.h"

using namespace Mailgauge;
using Smtp::Mailbox;

/// Whatever is accepted makes exactly one command with one path.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto mailbox = Mailbox::parse(QByteArrayView(data, static_cast<qsizetype>(size)));
    if (!mailbox)
        return 0;
    check(Mailbox::parse(mailbox->address()) == *mailbox);
    check(mailbox->address().size() <= 254 && mailbox->localPart().size() <= 64);
    const auto command = Smtp::Command::rcpt(*mailbox, {});
    check(command.has_value());
    const QByteArray &line = command->bytes();
    check(line.count('\r') == 1 && line.count('\n') == 1 && line.endsWith(">\r\n"));
    check(line.count('<') == 1 && line.count('>') == 1 && !line.contains('\0'));
    return 0;
}
