// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/replyparser.h"

#include "check.h"

#include <QByteArrayList>

using namespace Mailgauge;
using Smtp::ReplyParser;

namespace {

QByteArrayList told(ReplyParser &parser)
{
    QByteArrayList result;
    while (true) {
        const auto item = parser.next();
        if (!item) {
            check(item.error().evidence.size() <= Base::Error::MaxEvidence);
            result.append("error " + Base::kindName(item.error().kind).toByteArray());
            return result;
        }
        if (std::holds_alternative<ReplyParser::NeedMore>(*item))
            return result;
        if (const auto *line = std::get_if<ReplyParser::Line>(&*item))
            result.append("line " + line->bytes);
        else if (const auto *oddity = std::get_if<ReplyParser::Oddity>(&*item))
            result.append("quirk " + Smtp::quirkName(oddity->quirk).toByteArray());
        else if (const auto *reply = std::get_if<Smtp::Reply>(&*item)) {
            check(reply->code >= 100 && reply->code <= 599 && !reply->lines.isEmpty());
            if (const auto enhanced = reply->enhanced())
                check(Smtp::EnhancedStatusCode::parse(enhanced->toByteArray()) == enhanced);
            result.append("reply " + QByteArray::number(reply->code) + ' ' + reply->text());
        }
    }
}

} // namespace

/// The first byte is the size of the pieces; pieces and the whole must tell the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArrayView bytes(data + 1, static_cast<qsizetype>(size - 1));
    ReplyParser whole;
    whole.feed(bytes);
    const QByteArrayList expected = told(whole);

    ReplyParser pieces;
    QByteArrayList all;
    const qsizetype step = data[0] + 1;
    for (qsizetype at = 0; at < bytes.size(); at += step) {
        pieces.feed(bytes.sliced(at, qMin(step, bytes.size() - at)));
        const QByteArrayList more = told(pieces);
        if (!all.isEmpty() && all.last().startsWith("error "))
            check(more == QByteArrayList {all.last()});
        else
            all += more;
    }
    check(all == expected);
    return 0;
}
