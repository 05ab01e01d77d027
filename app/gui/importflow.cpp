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
            Q_EMIT failed(path, read.error());
    });
}

void ImportFlow::keepBoth(const Sessions &sessions)
{
    Run run;
    for (Bundle::BundledSession one : sessions) {
        one.session.record = Bundle::underNewId(one.session.record);
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
                Q_EMIT failed(run.path, kept.error());
        });
}

void ImportFlow::compare(
    const Run &run, const Bundle::BundledSession &one, const Transcript::SessionRecord &kept)
{
    m_sessions->entries(kept.id).then(
        this, [this, run, one, kept](const Base::Result<QList<Transcript::Entry>> &entries) {
            if (!entries) {
                Q_EMIT failed(run.path, entries.error());
                return;
            }
            Run rest = run;
            if (one.session == Transcript::ExportedSession {kept, *entries}) {
                show(one);
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
            // Shown all the same: a full disk must not hide what was opened.
            show(one);
            if (!added) {
                Q_EMIT failed(run.path, added.error());
                return;
            }
            Run rest = run;
            ++rest.added;
            next(std::move(rest));
        });
}

void ImportFlow::show(const Bundle::BundledSession &one)
{
    m_transcript.showSession(one.session.record, one.session.entries);
    Q_EMIT opened();
}

void ImportFlow::finish(const Run &run)
{
    if (run.added > 0 || run.same > 0)
        Q_EMIT imported(run.added, run.same);
    if (!run.taken.isEmpty())
        Q_EMIT taken(run.taken);
}

} // namespace Mailgauge::Gui
