// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/exportcollector.h"

#include "models/transcriptmodel.h"
#include "relay/profileservice.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <numeric>

namespace Mailgauge::Transcript {

namespace {
constexpr qsizetype LinesPerStep = 4000;
}

ExportCollector::ExportCollector(ExportInput input, QObject *parent)
    : QObject(parent)
    , m_input(std::move(input))
{
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &ExportCollector::step);
}

bool ExportCollector::has(ExportScope scope) const
{
    switch (scope) {
    case ExportScope::Session:
        return true;
    case ExportScope::All:
    case ExportScope::Displayed:
        return m_input.model != nullptr;
    case ExportScope::Selected:
        return !m_input.selectedRows.isEmpty();
    case ExportScope::Marked:
        return !m_input.markedRows.isEmpty();
    }
    Q_UNREACHABLE_RETURN(false);
}

QList<qsizetype> ExportCollector::rowsOf(ExportScope scope) const
{
    const Models::TranscriptModel &model = *m_input.model;
    QList<qsizetype> rows;
    switch (scope) {
    case ExportScope::Session: {
        const qsizetype session = model.transcript().indexOf(m_input.session);
        for (qsizetype row = 0; row < model.total(); ++row) {
            if (model.transcript().line(row).session == session)
                rows.append(row);
        }
        return rows;
    }
    case ExportScope::All:
        rows.resize(model.total());
        std::iota(rows.begin(), rows.end(), 0);
        return rows;
    case ExportScope::Displayed:
        rows.reserve(model.rowCount());
        for (int row = 0; row < model.rowCount(); ++row)
            rows.append(model.sourceRow(row));
        return rows;
    case ExportScope::Selected:
        return m_input.selectedRows;
    case ExportScope::Marked:
        return m_input.markedRows;
    }
    Q_UNREACHABLE_RETURN(rows);
}

void ExportCollector::start(ExportScope scope, bool whole)
{
    stop();
    m_whole = whole;
    m_sessions = scope == ExportScope::Session || scope == ExportScope::All;
    m_source = {};
    m_places.clear();
    m_done = 0;
    if (m_input.model) {
        m_rows = rowsOf(scope);
    } else if (m_input.stored) {
        m_rows.clear();
        m_source.sessions = {{*m_input.stored, {}}};
    }
    m_timer.start();
}

void ExportCollector::stop()
{
    ++m_generation;
    m_timer.stop();
}

void ExportCollector::step()
{
    const qsizetype end = std::min(m_rows.size(), m_done + LinesPerStep);
    for (; m_done < end; ++m_done)
        add(m_rows.at(m_done));
    if (m_done < m_rows.size()) {
        Q_EMIT progressed(static_cast<double>(m_done) / static_cast<double>(m_rows.size()));
        return;
    }
    m_timer.stop();
    readPartial(0);
}

void ExportCollector::readPartial(qsizetype index)
{
    const auto isPartial = [this](qsizetype i) {
        return m_input.model->isPartial(m_source.sessions.at(i).session.record.id);
    };
    if (m_sessions && m_input.model && m_input.surroundings.sessions) {
        while (index < m_source.sessions.size() && !isPartial(index))
            ++index;
        if (index < m_source.sessions.size()) {
            m_input.surroundings.sessions->entries(m_source.sessions.at(index).session.record.id)
                .then(this,
                    [this, index, generation = m_generation](
                        const Base::Result<QList<Entry>> &entries) {
                        if (generation != m_generation)
                            return;
                        // One that was removed meanwhile leaves with what is there.
                        if (entries && !entries->isEmpty())
                            m_source.sessions[index].session.entries = *entries;
                        readPartial(index + 1);
                    });
            return;
        }
    }
    if (m_whole)
        addSurroundings();
    else
        finish();
}

void ExportCollector::add(qsizetype row)
{
    const Transcript &transcript = m_input.model->transcript();
    const QUuid session = transcript.sessions().at(transcript.line(row).session);
    auto place = m_places.constFind(session);
    if (place == m_places.constEnd()) {
        place = m_places.insert(session, m_source.sessions.size());
        m_source.sessions.append(Bundle::BundledSession {{m_input.model->record(session), {}}, {}});
    }
    m_source.sessions[*place].session.entries.append(transcript.entry(row));
}

void ExportCollector::addSurroundings()
{
    const ExportSurroundings &around = m_input.surroundings;
    m_source.versions = Bundle::programVersions();
    if (around.profiles && !m_source.sessions.isEmpty()) {
        m_source.profile = around.profiles->profile(
            m_source.sessions.constFirst().session.record.profile);
    }
    if (around.settingsFile.isEmpty()) {
        nextMessage(0);
        return;
    }
    QtConcurrent::run(&Bundle::settingsFacts, around.settingsFile)
        .then(this, [this, generation = m_generation](const Bundle::Facts &settings) {
            if (generation != m_generation)
                return;
            m_source.settings = settings;
            nextMessage(0);
        });
}

void ExportCollector::nextMessage(qsizetype index)
{
    while (index < m_source.sessions.size()
        && m_source.sessions.at(index).session.record.message.isNull())
        ++index;
    if (index >= m_source.sessions.size() || !m_input.surroundings.sessions) {
        finish();
        return;
    }
    m_input.surroundings.sessions->message(m_source.sessions.at(index).session.record.message)
        .then(this,
            [this, index, generation = m_generation](const Base::Result<QByteArray> &message) {
                if (generation != m_generation)
                    return;
                // One that is not kept is no reason to keep the rest.
                if (message)
                    m_source.sessions[index].message = *message;
                nextMessage(index + 1);
            });
}

void ExportCollector::addLogins()
{
    if (!m_input.surroundings.profiles)
        return;
    for (const Bundle::BundledSession &one : std::as_const(m_source.sessions)) {
        const auto profile = m_input.surroundings.profiles->profile(one.session.record.profile);
        if (profile && !profile->user.isEmpty())
            m_source.logins.append(profile->user.toUtf8());
    }
}

void ExportCollector::finish()
{
    addLogins();
    Q_EMIT collected(m_source);
}

} // namespace Mailgauge::Transcript
