// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo.h"

#include "base/csv.h"
#include "base/filewriter.h"
#include "base/literals.h"
#include "demomessages.h"
#include "diagnose/diagnosepanel.h"
#include "models/outcometext.h"
#include "relays/relayspanel.h"
#include "sandbox/scenariocatalogue.h"
#include "shell/actions.h"
#include "stats/series.h"
#include "transcript/sessionexporter.h"
#include "transcript/transcriptpanel.h"
#include "transcript/transcriptview.h"

#include <QAction>
#include <QDir>

#include <algorithm>

using namespace std::chrono_literals;

namespace Mailgauge::Gui {

namespace {

const QStringList pages {u"compose"_s, u"sessions"_s, u"relays"_s, u"results"_s, u"bounces"_s,
    u"diagnose"_s, u"sandbox"_s};

/// Longer than the scenario lets its last report wait.
constexpr auto quiet = 2000ms;

} // namespace

Demo::Demo(Services &services, Workbench &workbench, const QString &directory, QSize pictureSize)
    : m_services(services)
    , m_workbench(workbench)
    , m_directory(directory)
    , m_size(pictureSize)
{
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, &Demo::exportAll);
    connect(&services.profiles(), &Relay::ProfileService::profilesChanged, this, [this] {
        if (!m_begun && m_services.profiles().profile(Services::sandboxProfile)) {
            m_begun = true;
            sendNext();
        }
    });
    connect(&workbench.sending(), &SendFlow::ended, this, &Demo::sessionEnded);
    connect(&workbench.inbox(), &InboxFlow::bouncesChanged, this, &Demo::bounceArrived);
    connect(&services.sending(), &Delivery::SendService::entriesRecorded, this,
        [this](const QUuid &session, const QList<Transcript::Entry> &entries) {
            m_entries[session] += entries;
        });
}

void Demo::start()
{
    QDir().mkpath(m_directory);
    m_waiting = demoRecipients();
    m_workbench.window().resize(m_size);
    m_workbench.show();
}

void Demo::sendNext()
{
    if (const auto scenario = Sandbox::loadScenario(u"demo"_s); scenario && m_sessions.isEmpty())
        m_services.sandbox().setScenario(*scenario);
    if (m_waiting.isEmpty()) {
        // Reports come later, as in life: until none came for a while.
        m_patience.start(quiet);
        return;
    }
    m_services.profiles().setCurrent(Services::sandboxProfile);
    m_workbench.sending().compose(demoComposition(m_waiting.takeFirst()));
}

void Demo::sessionEnded(const Transcript::SessionRecord &record)
{
    m_sessions.append(record);
    sendNext();
}

void Demo::bounceArrived()
{
    ++m_bounces;
    if (m_patience.isActive())
        m_patience.start(quiet);
}

void Demo::exportAll()
{
    if (m_exported)
        return;
    m_exported = true;
    if (m_bounces == 0)
        m_problems.append(u"no bounce arrived"_s);
    exportTranscript();
    if (!m_services.store()) {
        m_problems.append(u"no store could be opened below %1"_s.arg(m_directory));
        preparePictures();
        return;
    }
    m_services.store()->samples().samples({}).then(
        this, [this](const Base::Result<QList<Stats::Sample>> &samples) {
            if (samples)
                exportOutcomes(*samples);
            else
                m_problems.append(samples.error().detail);
            diagnose();
        });
}

void Demo::exportTranscript()
{
    // The session that shows most: where some were accepted and some were not.
    auto chosen = std::ranges::find(
        m_sessions, Transcript::WholeOutcome::Partial, &Transcript::SessionRecord::outcome);
    if (chosen == m_sessions.end())
        chosen = m_sessions.begin();
    if (chosen == m_sessions.end()) {
        m_problems.append(u"nothing was sent"_s);
        return;
    }
    for (const QString &suffix : {u"txt"_s, u"html"_s, u"jsonl"_s}) {
        const QString name = u"transcript."_s + suffix;
        const auto format = Transcript::exportFormatFromFileName(name);
        check(Transcript::SessionExporter::writeFile(
                  *chosen, m_entries.value(chosen->id), *format, {}, m_directory + u'/' + name),
            name);
    }
}

void Demo::exportOutcomes(const QList<Stats::Sample> &samples)
{
    QList<QStringList> rows {{u"time"_s, u"session"_s, u"recipient"_s, u"domain"_s, u"outcome"_s,
        u"replyCode"_s, u"enhancedStatusCode"_s, u"latencyMs"_s, u"bounced"_s}};
    for (const Stats::Sample &sample : samples) {
        rows.append(
            {sample.time.toString(Qt::ISODateWithMs), sample.session.toString(QUuid::WithoutBraces),
                QString::fromUtf8(sample.recipient), QString::fromUtf8(sample.domain),
                QString::fromLatin1(Smtp::outcomeName(sample.outcome)),
                sample.replyCode == 0 ? QString() : QString::number(sample.replyCode),
                QString::fromLatin1(sample.enhanced),
                QString::number(double(sample.latencyUs) / 1000.0, 'f', 3),
                !sample.bouncedHard       ? QString()
                    : *sample.bouncedHard ? u"hard"_s
                                          : u"soft"_s});
    }
    write(u"outcomes.csv"_s, Base::csv(rows));
}

/// A report for its page; nothing is sent by it.
void Demo::diagnose()
{
    m_workbench.window().pages().show(u"diagnose"_s);
    auto *panel = m_workbench.window().findChild<Diagnose::DiagnosePanel *>();
    if (!panel) {
        m_problems.append(u"there is no page for diagnoses"_s);
        preparePictures();
        return;
    }
    connect(panel, &Diagnose::DiagnosePanel::runningChanged, this, [this](bool running) {
        if (!running)
            preparePictures();
    });
    panel->setProfile(Services::sandboxProfile);
    panel->start();
}

void Demo::preparePictures()
{
    m_workbench.refresh();
    // Something to look at in the docks and on the page of relays.
    const Models::TranscriptModel &model = m_workbench.transcript().model();
    for (int row = 0; row < model.rowCount(); ++row) {
        if (model.index(row, 0).data(Models::TranscriptModel::ReplyClassRole).toInt() == 5) {
            m_workbench.transcript().view().goTo(row);
            break;
        }
    }
    m_workbench.window().pages().show(u"relays"_s);
    if (auto *relays = m_workbench.window().findChild<Relays::RelaysPanel *>())
        relays->test();
    m_workbench.showComposition(demoComposition(demoRecipients().first()));
    for (const QString &scheme : {u"Light"_s, u"Dark"_s}) {
        for (const QString &page : pages)
            m_shots.append({page, scheme});
    }
    m_shots.append({u"sessions"_s, u"HighContrast"_s});
    nextPicture();
}

void Demo::nextPicture()
{
    if (m_shots.isEmpty()) {
        writeReport();
        Q_EMIT finished(m_problems.join(u"; "_s));
        return;
    }
    const Shot shot = m_shots.takeFirst();
    if (QAction *scheme = m_workbench.window().actions().action(u"view.scheme"_s + shot.scheme))
        scheme->trigger();
    m_workbench.window().pages().show(shot.page);
    // The preview of HTML draws in a process of its own; nothing tells when it is done.
    QTimer::singleShot(shot.page == u"compose"_s ? 1500ms : 300ms, this, [this, shot] {
        takePicture(shot);
        nextPicture();
    });
}

void Demo::takePicture(const Shot &shot)
{
    const QString name = u"%1-%2.png"_s.arg(shot.page, shot.scheme.toLower());
    if (m_workbench.window().grab().save(m_directory + u'/' + name))
        m_files.append(name);
    else
        m_problems.append(u"cannot write "_s + name);
}

void Demo::writeReport()
{
    QString html
        = u"<!doctype html><meta charset=\"utf-8\"><title>Mailgauge</title>"
          "<style>body{font:15px sans-serif;max-width:70em;margin:2em auto;padding:0 "
          "1em}td,th{text-align:left;padding:2px 12px}"
          "img{max-width:100%;border:1px solid #ccc;margin:8px 0}</style><h1>%1</h1>"_s.arg(
              tr("Mailgauge demo"));
    QHash<Smtp::Outcome, int> counts;
    int recipients = 0;
    for (const Transcript::SessionRecord &session : std::as_const(m_sessions)) {
        recipients += static_cast<int>(session.recipients.size());
        for (const Smtp::RecipientOutcome &one : session.recipients)
            ++counts[one.outcome];
    }
    html += u"<p>%1</p><table><tr><th>%2<th>%3"_s.arg(
        tr("Recipients: %1, sessions: %2, through the built-in sandbox; bounces that came "
           "back: %3.")
            .arg(QString::number(recipients), QString::number(m_sessions.size()),
                QString::number(m_bounces)),
        tr("Outcome"), tr("Recipients"));
    for (const Smtp::Outcome outcome : Smtp::allOutcomes) {
        if (counts.contains(outcome))
            html += u"<tr><td>%1<td>%2"_s.arg(Models::OutcomeText::of(outcome))
                        .arg(counts.value(outcome));
    }
    html += u"</table><ul>"_s;
    for (const QString &file : std::as_const(m_files)) {
        if (!file.endsWith(u".png"_s))
            html += u"<li><a href=\"%1\">%1</a>"_s.arg(file);
    }
    html += u"</ul>"_s;
    for (const QString &file : std::as_const(m_files)) {
        if (file.endsWith(u".png"_s))
            html += u"<h2>%1</h2><img src=\"%1\" alt=\"%1\">"_s.arg(file);
    }
    write(u"report.html"_s, html.toUtf8());
}

void Demo::write(const QString &name, const QByteArray &bytes)
{
    check(Base::writeFile(m_directory + u'/' + name, bytes), name);
}

void Demo::check(const Base::Result<void> &result, const QString &name)
{
    if (result)
        m_files.append(name);
    else
        m_problems.append(name + u": "_s + result.error().detail);
}

} // namespace Mailgauge::Gui
