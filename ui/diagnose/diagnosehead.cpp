// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/diagnosehead.h"

#include "base/literals.h"
#include "widgets/elidedlabel.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QStackedLayout>
#include <QToolButton>

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

enum Kind : int {
    Profile,
    Host,
    Domain,
};

/// Where relays listen: relaying, submission with and without STARTTLS, and a usual way around
/// networks that block 25.
const QString usualPorts = u"25, 465, 587, 2525"_s;

} // namespace

std::optional<QList<quint16>> portsFromText(const QString &text)
{
    static const QRegularExpression separators(u"[\\s,;]+"_s);
    QList<quint16> ports;
    const QStringList words = text.split(separators, Qt::SkipEmptyParts);
    for (const QString &word : words) {
        bool isNumber = false;
        const ushort port = word.toUShort(&isNumber);
        if (!isNumber || port == 0)
            return std::nullopt;
        if (!ports.contains(port))
            ports.append(port);
    }
    std::ranges::sort(ports);
    return ports.isEmpty() ? std::nullopt : std::optional(ports);
}

DiagnoseHead::DiagnoseHead(Relay::ProfileService &profiles, QWidget *parent)
    : QWidget(parent)
    , m_profiles(profiles)
    , m_kind(new QComboBox(this))
    , m_profile(new QComboBox(this))
    , m_name(new QLineEdit(this))
    , m_ports(new QLineEdit(usualPorts, this))
    , m_choice(new QAction(QIcon::fromTheme(u"configure"_s), tr("Checks"), this))
    , m_start(new QAction(QIcon::fromTheme(u"media-playback-start"_s), tr("Start"), this))
    , m_stop(new QAction(QIcon::fromTheme(u"media-playback-stop"_s), tr("Stop"), this))
    , m_button(new QPushButton(this))
    , m_which(new QStackedLayout)
    , m_fields(new QWidget(this))
    , m_problem(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_progress(new Widgets::ElidedLabel(this))
{
    makeFields();
    makeLayout();
    using Service = Relay::ProfileService;
    connect(&m_profiles, &Service::profilesChanged, this, &DiagnoseHead::refill);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this](int kind) {
        m_which->setCurrentIndex(kind == Profile ? 0 : 1);
        m_name->setPlaceholderText(kind == Domain ? u"example.org"_s : u"mx.example.org"_s);
        m_name->setAccessibleName(kind == Domain ? tr("Domain") : tr("Host"));
        suggestPorts();
    });
    connect(m_profile, &QComboBox::currentIndexChanged, this, &DiagnoseHead::suggestPorts);
    connect(m_name, &QLineEdit::textChanged, this, &DiagnoseHead::changed);
    connect(m_ports, &QLineEdit::textEdited, this,
        [this](const QString &text) { m_portsTyped = !text.trimmed().isEmpty(); });
    connect(m_ports, &QLineEdit::textChanged, this, &DiagnoseHead::changed);
    for (QLineEdit *edit : {m_name, m_ports})
        connect(edit, &QLineEdit::returnPressed, m_start, &QAction::trigger);
    connect(m_button, &QPushButton::clicked, this,
        [this] { (m_isRunning ? m_stop : m_start)->trigger(); });
    refill();
    setProfile(m_profiles.current());
    updateState();
}

void DiagnoseHead::makeFields()
{
    m_kind->addItems({tr("Relay"), tr("Host"), tr("Domain (MX)")});
    m_kind->setAccessibleName(tr("What to diagnose"));
    m_profile->setAccessibleName(tr("Relay profile"));
    m_profile->setObjectName(u"diagnoseProfile"_s);
    m_profile->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_profile->setMinimumContentsLength(9);
    m_name->setObjectName(u"diagnoseName"_s);
    m_name->setAccessibleName(tr("Host"));
    m_ports->setObjectName(u"diagnosePorts"_s);
    m_ports->setCursorPosition(0);
    m_ports->setAccessibleName(tr("Ports"));
    m_ports->setToolTip(tr("Ports, with commas between them"));
    m_ports->setMinimumWidth(90);
    m_ports->setMaximumWidth(170);
    m_choice->setCheckable(true);
    m_choice->setToolTip(tr("What is to be tried and checked"));
    m_start->setToolTip(tr("Diagnose this relay (Ctrl+Shift+G)"));
    m_button->setObjectName(u"diagnoseStart"_s);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setObjectName(u"diagnoseProblem"_s);
    m_problem->hide();
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(4);
    m_bar->setAccessibleName(tr("Progress"));
    m_progress->setObjectName(u"diagnoseProgress"_s);
}

void DiagnoseHead::makeLayout()
{
    m_which->setContentsMargins({});
    m_which->addWidget(m_profile);
    m_which->addWidget(m_name);
    auto *which = new QWidget(m_fields);
    which->setLayout(m_which);
    auto *choice = new QToolButton(this);
    choice->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    choice->setDefaultAction(m_choice);
    choice->setFocusPolicy(Qt::TabFocus);
    auto *portsLabel = new QLabel(tr("&Ports"), m_fields);
    portsLabel->setBuddy(m_ports);

    auto *row = new QHBoxLayout(m_fields);
    row->setContentsMargins(8, 8, 8, 4);
    row->setSpacing(8);
    row->addWidget(m_kind);
    row->addWidget(which, 2);
    row->addWidget(portsLabel);
    row->addWidget(m_ports, 1);
    row->addWidget(choice);
    row->addWidget(m_button);
    m_problem->setContentsMargins(8, 0, 8, 4);
    m_progress->setContentsMargins(8, 0, 8, 4);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_fields);
    column->addWidget(m_problem);
    column->addWidget(m_progress);
    column->addWidget(m_bar);
    setTabOrder({m_kind, m_profile, m_name, m_ports, choice, m_button});
}

void DiagnoseHead::addTool(QToolButton *tool)
{
    m_fields->layout()->addWidget(tool);
    setTabOrder(m_button, tool);
}

std::optional<Relay::RelayProfile> DiagnoseHead::profile() const
{
    return m_kind->currentIndex() == Profile ? m_profiles.profile(m_profile->currentData().toUuid())
                                             : std::nullopt;
}

void DiagnoseHead::refill()
{
    const QUuid before = m_profile->currentData().toUuid();
    const QSignalBlocker quiet(m_profile);
    m_profile->clear();
    const QList<Relay::RelayProfile> all = m_profiles.profiles();
    for (const Relay::RelayProfile &one : all)
        m_profile->addItem(one.name, one.id);
    const QUuid wanted = before.isNull() ? m_profiles.current() : before;
    m_profile->setCurrentIndex(std::max(0, m_profile->findData(wanted)));
    m_profile->setPlaceholderText(tr("No relay yet"));
    suggestPorts();
}

void DiagnoseHead::setProfile(const QUuid &profile)
{
    const int index = m_profile->findData(profile);
    if (index < 0)
        return;
    m_kind->setCurrentIndex(Profile);
    m_profile->setCurrentIndex(index);
    suggestPorts();
}

// What the user typed stays; a profile has a port of its own.
void DiagnoseHead::suggestPorts()
{
    if (!m_portsTyped) {
        const auto chosen = profile();
        QString ports = usualPorts;
        if (chosen && chosen->builtin)
            ports = QString::number(chosen->port);
        else if (chosen && !portsFromText(usualPorts)->contains(chosen->port))
            ports += u", %1"_s.arg(chosen->port);
        m_ports->setText(ports);
        m_ports->setCursorPosition(0); // Where it is narrow the first ones are seen.
    }
    Q_EMIT changed();
}

bool DiagnoseHead::isPasswordKnown() const
{
    const auto chosen = profile();
    return chosen && !chosen->user.isEmpty();
}

void DiagnoseHead::fill(Wish &wish) const
{
    const QString name = m_name->text().trimmed();
    switch (m_kind->currentIndex()) {
    case Profile:
        wish.profile = m_profile->currentData().toUuid();
        break;
    case Host:
        wish.host = name;
        break;
    case Domain:
        wish.domain = name;
        break;
    }
    wish.ports = portsFromText(m_ports->text()).value_or(QList<quint16>());
}

QString DiagnoseHead::problem() const
{
    const auto chosen = profile();
    if (m_kind->currentIndex() == Profile && !chosen)
        return tr("There is no relay profile to diagnose: name a host or a domain.");
    if (chosen && chosen->unixSocket)
        return tr("A relay behind a UNIX socket has no ports to try.");
    if (!portsFromText(m_ports->text()))
        return tr("Ports are numbers from 1 to 65535, with commas between them.");
    return {};
}

void DiagnoseHead::setProblem(const QString &sentence)
{
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty() && !m_isRunning);
    updateState();
}

void DiagnoseHead::setRunning(bool running)
{
    m_isRunning = running;
    m_isStopping = false;
    m_note.clear();
    m_count.clear();
    m_bar->setRange(0, 0);
    m_problem->setVisible(!m_problem->text().isEmpty() && !running);
    updateState();
}

void DiagnoseHead::setStopping()
{
    m_note = tr("stopping …");
    m_isStopping = true;
    updateState();
}

void DiagnoseHead::updateState()
{
    const bool hasName = m_kind->currentIndex() == Profile || !m_name->text().trimmed().isEmpty();
    m_start->setEnabled(!m_isRunning && hasName && m_problem->text().isEmpty());
    m_stop->setEnabled(m_isRunning && !m_isStopping);
    const QAction *now = m_isRunning ? m_stop : m_start;
    m_button->setText(now->text());
    m_button->setIcon(now->icon());
    m_button->setToolTip(now->toolTip());
    m_button->setEnabled(now->isEnabled());
    m_bar->setVisible(m_isRunning);
    m_progress->setVisible(m_isRunning);
    QStringList parts {m_count, m_note};
    parts.removeAll(QString());
    m_progress->setText(parts.isEmpty() ? tr("Starting …") : parts.join(u"  ·  "_s));
}

void DiagnoseHead::setProgress(int done, int total)
{
    m_bar->setRange(0, total);
    m_bar->setValue(done);
    m_count = tr("%1 of %2 done").arg(done).arg(total);
    updateState();
}

void DiagnoseHead::setNote(const QString &note)
{
    if (m_isStopping) // That is all that is worth telling.
        return;
    m_note = note;
    updateState();
}

} // namespace Mailgauge::Diagnose
