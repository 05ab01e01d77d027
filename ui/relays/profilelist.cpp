// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/profilelist.h"

#include "models/profilesmodel.h"
#include "widgets/roomydelegate.h"

namespace Mailgauge::Relays {

ProfileList::ProfileList(QWidget *parent)
    : QListView(parent)
    , m_model(new Models::ProfilesModel(this))
{
    setModel(m_model);
    setAccessibleName(tr("Relay profiles"));
    setFrameShape(QFrame::NoFrame);
    setMinimumWidth(110);
    setItemDelegate(new Widgets::RoomyDelegate(this));
    setTextElideMode(Qt::ElideRight);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this,
        &ProfileList::selectedChanged);
}

void ProfileList::setProfiles(
    const QList<Relay::RelayProfile> &profiles, const QSet<QUuid> &unsaved)
{
    const QUuid before = selected();
    m_model->setProfiles(profiles, unsaved);
    select(before);
    if (!currentIndex().isValid() && m_model->rowCount() > 0)
        setCurrentIndex(m_model->index(0));
}

void ProfileList::select(const QUuid &profile)
{
    if (const int row = m_model->rowOf(profile); row >= 0)
        setCurrentIndex(m_model->index(row));
}

QUuid ProfileList::selected() const
{
    const QModelIndex current = currentIndex();
    return current.isValid() ? m_model->profile(current.row()).id : QUuid();
}

} // namespace Mailgauge::Relays
