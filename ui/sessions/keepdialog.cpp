// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/keepdialog.h"

#include "base/literals.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace Mailgauge::Sessions {

namespace {

constexpr qint64 Megabyte = 1024 * 1024;
constexpr int OfferedDays = 90;
constexpr int OfferedMegabytes = 1000;

QSpinBox *numberBox(
    int least, int most, const QString &name, const QString &suffix, QWidget *parent)
{
    auto *box = new QSpinBox(parent);
    box->setRange(least, most);
    box->setSuffix(suffix);
    box->setAccessibleName(name);
    box->setGroupSeparatorShown(true);
    return box;
}

} // namespace

KeepDialog::KeepDialog(const Transcript::KeepRules &rules, QWidget *parent)
    : QDialog(parent)
    , m_byAge(new QCheckBox(tr("Remove sessions &older than"), this))
    , m_days(numberBox(1, 36'500, tr("Days until a session is removed"), tr(" days"), this))
    , m_bySize(new QCheckBox(tr("Remove the oldest while the store &uses more than"), this))
    , m_megabytes(numberBox(10, 10'000'000, tr("Largest size of the store"), tr(" MB"), this))
    , m_marked(new QCheckBox(tr("Also sessions with a &tag, a note or a marked line"), this))
    , m_binDays(
          numberBox(1, 3650, tr("Days that deleted sessions stay in the bin"), tr(" days"), this))
{
    setWindowTitle(tr("Keep Sessions"));
    m_byAge->setChecked(rules.days > 0);
    m_days->setValue(rules.days > 0 ? rules.days : OfferedDays);
    m_bySize->setChecked(rules.bytes > 0);
    m_megabytes->setValue(rules.bytes > 0
            ? static_cast<int>(std::min<qint64>(rules.bytes / Megabyte, m_megabytes->maximum()))
            : OfferedMegabytes);
    m_marked->setChecked(rules.marked);
    m_binDays->setValue(rules.binDays);

    auto *intro = new QLabel(
        tr("Unless you choose otherwise, every session is kept until you delete it. What you "
           "choose "
           "here is applied when Mailgauge starts and once a day; sessions that run are never "
           "touched, and you are told what was removed."),
        this);
    intro->setWordWrap(true);
    intro->setMinimumWidth(420);
    auto *binLabel = new QLabel(tr("&Deleted sessions can be brought back for"), this);
    binLabel->setBuddy(m_binDays);
    auto *grid = new QGridLayout;
    grid->setVerticalSpacing(8);
    grid->addWidget(m_byAge, 0, 0);
    grid->addWidget(m_days, 0, 1);
    grid->addWidget(m_bySize, 1, 0);
    grid->addWidget(m_megabytes, 1, 1);
    grid->addWidget(m_marked, 2, 0, 1, 2);
    grid->addWidget(binLabel, 3, 0);
    grid->addWidget(m_binDays, 3, 1);
    grid->setColumnStretch(0, 1);
    auto *buttons = new QDialogButtonBox(
        QDialogButtonBox::Save | QDialogButtonBox::Cancel, Qt::Horizontal, this);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(16);
    layout->addWidget(intro);
    layout->addLayout(grid);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    for (QCheckBox *box : {m_byAge, m_bySize})
        connect(box, &QCheckBox::toggled, this, &KeepDialog::updateFields);
    updateFields();
}

void KeepDialog::updateFields()
{
    m_days->setEnabled(m_byAge->isChecked());
    m_megabytes->setEnabled(m_bySize->isChecked());
    m_marked->setEnabled(m_byAge->isChecked() || m_bySize->isChecked());
}

Transcript::KeepRules KeepDialog::rules() const
{
    return {.days = m_byAge->isChecked() ? m_days->value() : 0,
        .bytes = m_bySize->isChecked() ? m_megabytes->value() * Megabyte : 0,
        .marked = m_marked->isEnabled() && m_marked->isChecked(),
        .binDays = m_binDays->value()};
}

} // namespace Mailgauge::Sessions
