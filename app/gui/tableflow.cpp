// SPDX-License-Identifier: GPL-3.0-or-later
#include "tableflow.h"

#include "base/filewriter.h"
#include "base/literals.h"
#include "savereport.h"
#include "sessions/sessionspanel.h"
#include "sessions/tabledialog.h"

#include <QAction>
#include <QSet>
#include <QtConcurrentRun>

#include <limits>
#include <utility>

namespace Mailgauge::Gui {

using Transcript::SessionRecord;

TableFlow::TableFlow(Transcript::SessionLibrary &sessions, Relay::ProfileService &profiles)
    : m_sessions(sessions)
    , m_profiles(profiles)
{
}

void TableFlow::setPanel(Sessions::SessionsPanel *panel)
{
    m_panel = panel;
    auto *save = new QAction(QIcon::fromTheme(u"table"_s, QIcon::fromTheme(u"document-save-as"_s)),
        tr("Save as table (CSV)…"), panel);
    save->setObjectName(u"sessions.table"_s);
    connect(save, &QAction::triggered, this, &TableFlow::ask);
    panel->offer(save, Sessions::Needs::Some);
}

void TableFlow::ask()
{
    if (!m_panel)
        return;
    // As they are now: the list may change while the user thinks.
    const QList<QUuid> selected = m_panel->selection();
    const Transcript::SessionQuery query = m_panel->query(std::numeric_limits<int>::max());
    auto *dialog = new Sessions::TableDialog(selected.size(), m_panel);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, selected, query] {
        const Wish wish {query, dialog->onlySelected() ? selected : QList<QUuid>(), dialog->shape(),
            dialog->level()};
        askWhereToSave(m_panel, tr("Save table"),
            wish.shape == Bundle::TableShape::Sessions ? u"sessions.csv"_s : u"recipients.csv"_s,
            this, [this, wish](const QString &path) { read(wish, path); });
    });
    dialog->open();
}

void TableFlow::read(const Wish &wish, const QString &path)
{
    m_sessions.list(wish.query)
        .then(this, [this, wish, path](const Base::Result<QList<SessionRecord>> &records) {
            if (records)
                write(wish, *records, path);
            else
                Q_EMIT failed(records.error());
        });
}

void TableFlow::write(const Wish &wish, const QList<SessionRecord> &found, const QString &path)
{
    QList<QByteArray> logins;
    const QList<Relay::RelayProfile> profiles = m_profiles.profiles();
    for (const Relay::RelayProfile &profile : profiles) {
        if (!profile.user.isEmpty())
            logins.append(profile.user.toUtf8());
    }
    QtConcurrent::run([found, logins, ids = wish.only, shape = wish.shape, level = wish.level,
                          path] {
        QList<SessionRecord> records = found;
        if (!ids.isEmpty()) {
            const QSet<QUuid> only(ids.begin(), ids.end());
            records.removeIf(
                [&only](const SessionRecord &record) { return !only.contains(record.id); });
        }
        QList<SessionRecord> leaving = records;
        if (level != Transcript::RedactionLevel::Secrets) {
            Transcript::Redactor redactor(level, records, logins);
            for (SessionRecord &record : leaving)
                record = redactor.apply(std::move(record));
        }
        return Base::writeFile(path, Bundle::sessionTable(leaving, shape));
    }).then(this, [this, path](const Base::Result<void> &written) {
        if (written)
            Q_EMIT exported(path);
        else
            Q_EMIT failed(written.error());
    });
}

} // namespace Mailgauge::Gui
