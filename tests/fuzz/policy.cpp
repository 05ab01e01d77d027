// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/caafacts.h"
#include "net/mtastspolicy.h"

#include "check.h"

#include <algorithm>

using namespace Mailgauge;

/// The input is a policy of MTA-STS, and its lines are TXT records and CAA values.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const Net::ReadMtaStsPolicy read = Net::readMtaStsPolicy(text);
    check(read.policy || !read.findings.isEmpty());
    check(read.findings.size() < 100);
    if (read.policy) {
        check(read.policy->maxAge >= 0 && read.policy->maxAge <= Net::MtaStsPolicy::MaxAge);
        check(!read.policy->mx.isEmpty() || read.policy->mode == Net::MtaStsPolicy::Mode::None);
        for (const QString &mx : read.policy->mx) {
            const bool wild = mx.startsWith(QStringLiteral("*."));
            check(Net::isNamed(wild ? u'a' + mx.sliced(1) : mx, *read.policy));
        }
    }
    QList<Dns::Txt> texts;
    QList<Dns::Caa> records;
    for (const QByteArray &line : text.split('\n')) {
        texts.append({{line.left(255)}});
        records.append(
            {.flags = static_cast<quint8>(line.size()), .tag = line.left(5), .value = line});
        const QByteArray issuer = Net::issuerOf(line);
        check(std::ranges::all_of(issuer, [](char c) { return c > 0x20 && c < 0x7f; }));
    }
    const Net::MtaStsRecord record = Net::readMtaStsRecord(texts);
    check(record.id.size() <= 32);
    for (const bool wildcard : {false, true})
        check(Net::issuanceOf(records, wildcard) <= Net::Issuance::Forbidden);
    check(Net::unknownCriticalTags(records).size() <= records.size());
    return 0;
}
