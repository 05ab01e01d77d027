// SPDX-License-Identifier: GPL-3.0-or-later
#include "importflow.h"

#include "transcript/transcriptpanel.h"

#include <QtConcurrentRun>

#include <utility>

namespace Mailgauge::Gui {

ImportFlow::ImportFlow(Transcript::TranscriptPanel &transcript)
    : m_transcript(transcript)
{
}

void ImportFlow::setRepository(Transcript::SessionRepository *sessions)
{
    m_sessions = sessions;
    m_waits = false;
    const QStringList early = std::exchange(m_early, {});
    for (const QString &path : early)
        open(path);
}

void ImportFlow::open(const QString &path)
{
    if (m_waits) {
        m_early.append(path);
        return;
    }
    QtConcurrent::run([path] {
        return Bundle::readSessions(path);
    }).then(this, [this, path](const Base::Result<Sessions> &read) {
        if (read)
            next({.path = path, .waiting = *read});
        else
            Q_EMIT failed(path, read.error(), 0);
    });
}

void ImportFlow::keepBoth(const QString &path, const Sessions &sessions)
{
    Run run {.path = path};
    for (Bundle::BundledSession one : sessions) {
        one.session = Bundle::underNewId(one.session);
        run.waiting.append(one);
    }
    next(std::move(run));
}

void ImportFlow::next(Run run)
{
    if (run.waiting.isEmpty()) {
        finish(run);
        return;
    }
    const Bundle::BundledSession one = run.waiting.takeFirst();
    if (!m_sessions) {
        show(one);
        next(std::move(run));
        return;
    }
    m_sessions->record(one.session.record.id)
        .then(this, [this, run, one](const Base::Result<Transcript::SessionRecord> &kept) {
            if (kept)
                compare(run, one, *kept);
            else if (kept.error().kind == Base::Error::Kind::InvalidInput)
                add(run, one);
            else
                stop(run, kept.error());
        });
}

void ImportFlow::compare(
    const Run &run, const Bundle::BundledSession &one, const Transcript::SessionRecord &kept)
{
    m_sessions->entries(kept.id).then(
        this, [this, run, one, kept](const Base::Result<QList<Transcript::Entry>> &entries) {
            if (!entries) {
                stop(run, entries.error());
                return;
            }
            Run rest = run;
            if (one.session == Transcript::ExportedSession {kept, *entries}) {
                if (rest.first.isNull())
                    rest.first = kept.id;
                ++rest.same;
            } else {
                rest.taken.append(one);
            }
            next(std::move(rest));
        });
}

void ImportFlow::add(const Run &run, const Bundle::BundledSession &one)
{
    m_sessions->add(one.session.record, one.session.entries, one.message)
        .then(this, [this, run, one](const Base::Result<void> &added) {
            if (!added) {
                // Shown all the same: a full disk must not hide what was opened.
                show(one);
                stop(run, added.error());
                return;
            }
            Run rest = run;
            if (rest.first.isNull())
                rest.first = one.session.record.id;
            ++rest.added;
            next(std::move(rest));
        });
}

void ImportFlow::show(const Bundle::BundledSession &one)
{
    m_transcript.showSession(one.session.record, one.session.entries);
    Q_EMIT opened();
}

// At the one that was taken out last; the others behind it are not tried.
void ImportFlow::stop(const Run &run, const Base::Error &error)
{
    Q_EMIT failed(run.path, error, run.waiting.size() + 1);
    finish(run);
}

void ImportFlow::finish(const Run &run)
{
    if (!run.first.isNull())
        Q_EMIT openRequested(run.first);
    if (run.added > 0 || run.same > 0)
        Q_EMIT imported(run.added, run.same);
    if (!run.taken.isEmpty())
        Q_EMIT taken(run.path, run.taken);
}

} // namespace Mailgauge::Gui
