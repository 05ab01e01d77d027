// SPDX-License-Identifier: GPL-3.0-or-later
// A program that uses the store and tells, line by line, what it was promised: for tests that kill
// it, race it, or take its disk away. Arguments: MODE FILE [COUNT].
#include "storesupport.h"

#include "base/literals.h"

#include <QCoreApplication>
#include <QFile>

#include <cstdio>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Transcript::SessionRecord;

namespace {

using Done = Base::Result<void>;

void say(const char *what, const QByteArray &about)
{
    std::printf("%s %s\n", what, about.constData());
    std::fflush(stdout);
}

int give(const Base::Error &error)
{
    say("error", Base::kindName(error.kind).toByteArray() + ' ' + error.detail.toUtf8());
    return 3;
}

QByteArray idOf(const SessionRecord &record)
{
    return record.id.toByteArray(QUuid::WithoutBraces);
}

// One session through the whole ledger, each step announced once it is durable.
Done sendOne(Transcript::SessionRepository &sessions, const QByteArray &body)
{
    SessionRecord record = newRecord({"bob@example.org"});
    if (auto done = take(sessions.begin(record, contentOf(body))); !done)
        return done;
    say("claimed", idOf(record));
    if (auto done = take(sessions.commit(record.id, {"bob@example.org"})); !done)
        return done;
    say("committing", idOf(record));
    record.recipients[0].outcome = Smtp::Outcome::Accepted;
    record.outcome = Transcript::WholeOutcome::Accepted;
    if (auto done = take(sessions.finish(record)); !done)
        return done;
    say("accepted", idOf(record));
    return {};
}

int sendMany(Store::Database &store, int count, qsizetype size)
{
    for (int i = 0; i < count; ++i) {
        // Not to be compressed to nothing, and never the same.
        QByteArray body;
        while (body.size() < size)
            body += QUuid::createUuid().toRfc4122();
        if (auto done = sendOne(store.sessions(), body); !done) {
            const int code = give(done.error());
            const auto list = take(store.sessions().list({}));
            say("listed", QByteArray::number(list ? list->size() : -1));
            return code;
        }
    }
    return 0;
}

// Leaves one recipient claimed and one committing, then waits for its end.
int hold(Store::Database &store)
{
    SessionRecord claimed = newRecord({"bob@example.org"});
    SessionRecord committing = newRecord({"eve@example.org"});
    auto &sessions = store.sessions();
    auto done = take(sessions.begin(claimed, contentOf("x")))
                    .and_then([&] { return take(sessions.begin(committing, contentOf("y"))); })
                    .and_then(
                        [&] { return take(sessions.commit(committing.id, {"eve@example.org"})); });
    if (!done)
        return give(done.error());
    say("claimed", idOf(claimed));
    say("committing", idOf(committing));
    say("ready", {});
    QFile input;
    if (input.open(stdin, QIODevice::ReadOnly))
        input.readAll();
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QString mode = arguments.value(1);
    const int count = arguments.value(3).toInt();
    auto store = Store::Database::open(arguments.value(2));
    if (!store)
        return give(store.error());
    if (!(*store)->report().movedAside.isEmpty())
        say("moved", (*store)->report().movedAside.toUtf8());
    if (mode == u"hold"_s)
        return hold(**store);
    return sendMany(**store, count, mode == u"fill"_s ? 50'000 : 100);
}
