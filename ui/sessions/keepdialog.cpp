// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/keepdialog.h"

#include "base/literals.h"
#include "widgets/messagebar.h"

#include <QAction>
#include <QApplication>
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

// "1 day", "2 days": the number in front is the box's own.
void followNumber(QSpinBox *days)
{
    const auto follow = [days] {
        days->setSuffix(u' ' + KeepDialog::tr("day(s)", nullptr, days->value()));
    };
    QObject::connect(days, &QSpinBox::valueChanged, days, follow);
    follow();
}

} // namespace

using Widgets::MessageBar;

KeepDialog::KeepDialog(const Transcript::KeepRules &rules, QWidget *parent)
    : QDialog(parent)
    , m_before(rules)
    , m_byAge(new QCheckBox(tr("Remove sessions &older than"), this))
    , m_days(numberBox(1, 36'500, tr("Days until a session is removed"), {}, this))
    , m_bySize(new QCheckBox(tr("Remove the oldest while the store &uses more than"), this))
    , m_megabytes(numberBox(10, 10'000'000, tr("Largest size of the store"), tr(" MB"), this))
    , m_marked(new QCheckBox(tr("Also sessions with a &tag, a note or a marked line"), this))
    , m_binDays(numberBox(1, 3650, tr("Days that deleted sessions stay in the bin"), {}, this))
    , m_question(new MessageBar(this))
    , m_leave(new QAction(tr("Go Back"), this))
    , m_sure(new QAction(tr("Save and Remove"), this))
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
           "choose here is applied at once, when Mailgauge starts, and once a day; what it removes "
           "does not go to the bin. Sessions that run or have an uncertain outcome are never "
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
    m_save = buttons->button(QDialogButtonBox::Save);
    m_question->setDismissible(false);
    m_question->hide();
    m_pause.setSingleShot(true);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(16);
    layout->addWidget(intro);
    layout->addLayout(grid);
    layout->addWidget(m_question);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &KeepDialog::save);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_leave, &QAction::triggered, this, &KeepDialog::withdrawQuestion);
    connect(m_sure, &QAction::triggered, this, &QDialog::accept);
    connect(&m_pause, &QTimer::timeout, m_sure, [this] { m_sure->setEnabled(true); });
    for (QCheckBox *box : {m_byAge, m_bySize, m_marked})
        connect(box, &QCheckBox::toggled, this, &KeepDialog::updateFields);
    for (QSpinBox *box : {m_days, m_megabytes, m_binDays})
        connect(box, &QSpinBox::valueChanged, this, &KeepDialog::withdrawQuestion);
    for (QSpinBox *box : {m_days, m_binDays})
        followNumber(box);
    updateFields();
}

// It was about other rules.
void KeepDialog::withdrawQuestion()
{
    m_question->hide();
    m_save->setEnabled(true);
}

bool KeepDialog::mayTakeMore() const
{
    const Transcript::KeepRules now = rules();
    const auto isStricter = [](auto limit, auto before) {
        return limit > 0 && (before == 0 || limit < before);
    };
    return isStricter(now.days, m_before.days) || isStricter(now.bytes, m_before.bytes)
        || (now.marked && !m_before.marked) || now.binDays < m_before.binDays;
}

void KeepDialog::save()
{
    if (!mayTakeMore()) {
        accept();
        return;
    }
    ask({});
    Q_EMIT asked(rules());
}

void KeepDialog::ask(const QString &concerned)
{
    const bool first = m_question->isHidden();
    if (first) {
        m_save->setEnabled(false);
        // Nor may the second half of a double click remove anything.
        m_sure->setEnabled(false);
        m_pause.start(QApplication::doubleClickInterval());
    }
    const QString question = tr(
        "Save these rules and remove at once what they take? It does not go "
        "to the bin and cannot be brought back.");
    m_question->showMessage(MessageBar::Kind::Warning,
        concerned.isEmpty() ? question : question + u' ' + concerned, {m_leave, m_sure});
    if (first)
        m_question->focusAction();
}

void KeepDialog::setConcerned(const Transcript::KeepRules &rules, int sessions, bool more)
{
    if (m_question->isHidden() || rules != this->rules())
        return;
    ask(more ? tr("At least %n session(s) are old enough.", nullptr, sessions)
             : tr("%n session(s) are old enough.", nullptr, sessions));
}

void KeepDialog::updateFields()
{
    m_days->setEnabled(m_byAge->isChecked());
    m_megabytes->setEnabled(m_bySize->isChecked());
    m_marked->setEnabled(m_byAge->isChecked() || m_bySize->isChecked());
    withdrawQuestion();
}

Transcript::KeepRules KeepDialog::rules() const
{
    return {.days = m_byAge->isChecked() ? m_days->value() : 0,
        .bytes = m_bySize->isChecked() ? m_megabytes->value() * Megabyte : 0,
        .marked = m_marked->isEnabled() && m_marked->isChecked(),
        .binDays = m_binDays->value()};
}

} // namespace Mailgauge::Sessions
