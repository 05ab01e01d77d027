// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/recipientrows.h"

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

using Smtp::Stage;

/// Where one session is.
struct Place {
    QList<quint32> mail; ///< MAIL and the lines of its reply.
    QList<bool> waiting; ///< RCPT commands without their reply: whether each is wanted.
    bool wanted = false; ///< The transaction has a recipient that is.
};

bool isLastOfReply(QByteArrayView text)
{
    return text.size() <= 3 || text[3] != '-';
}

void take(Place &place, const Line &line, QByteArrayView text, quint32 row, const Needle &path,
    QList<quint32> &found)
{
    const bool server = line.direction == static_cast<quint64>(Direction::Server);
    if (line.stage == static_cast<quint64>(Stage::Mail)) {
        if (!server) {
            place.mail.clear();
            place.waiting.clear();
            place.wanted = false;
        }
        place.mail.append(row);
        if (place.wanted)
            found.append(row);
    } else if (!server) {
        const QByteArrayView address = forwardPath(text);
        const bool wanted = !address.isEmpty() && path.isIn(address);
        place.waiting.append(wanted);
        if (!wanted)
            return;
        if (!place.wanted)
            found += place.mail;
        place.wanted = true;
        found.append(row);
    } else if (!place.waiting.isEmpty()) {
        if (place.waiting.constFirst())
            found.append(row);
        if (isLastOfReply(text))
            place.waiting.removeFirst();
    }
}

} // namespace

QByteArrayView forwardPath(QByteArrayView line)
{
    const qsizetype from = line.indexOf('<') + 1;
    const qsizetype to = line.indexOf('>', from);
    return from > 0 && to > from ? line.sliced(from, to - from) : QByteArrayView();
}

QList<quint32> recipientRows(
    const Snapshot &lines, qsizetype to, const Needle &path, const std::atomic_bool *cancelled)
{
    constexpr qsizetype CancelStep = 4096;
    QList<Place> places;
    QList<quint32> found;
    for (qsizetype row = 0; row < to; ++row) {
        if (row % CancelStep == 0 && cancelled != nullptr && cancelled->load())
            break;
        const Line &line = lines.line(row);
        const bool ours = line.stage == static_cast<quint64>(Stage::Mail)
            || line.stage == static_cast<quint64>(Stage::Rcpt);
        if (!ours || line.direction == static_cast<quint64>(Direction::Event))
            continue;
        if (places.size() <= static_cast<qsizetype>(line.session))
            places.resize(static_cast<qsizetype>(line.session) + 1);
        take(places[static_cast<qsizetype>(line.session)], line, lines.text(line),
            static_cast<quint32>(row), path, found);
    }
    // That MAIL is wanted is known only behind it.
    if (!std::ranges::is_sorted(found))
        std::ranges::sort(found);
    return found;
}

} // namespace Mailgauge::Transcript
