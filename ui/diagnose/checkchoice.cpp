// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/checkchoice.h"

#include "base/literals.h"
#include "models/diagnosistext.h"
#include "models/plaintip.h"
#include "smtp/mailbox.h"
#include "widgets/roomydelegate.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QTreeWidget>

#include <algorithm>
#include <array>

namespace Mailgauge::Diagnose {

namespace {

using Models::DiagnosisText;

enum Column : int {
    Title,
    Purpose,
};

template <typename Value>
QList<Value> chosen(const QList<std::pair<QCheckBox *, Value>> &boxes)
{
    QList<Value> values;
    for (const auto &[box, value] : boxes) {
        if (box->isChecked())
            values.append(value);
    }
    return values;
}

} // namespace

CheckChoice::CheckChoice(QWidget *parent)
    : QWidget(parent)
    , m_tree(new QTreeWidget(this))
    , m_recipient(new QLineEdit(this))
    , m_ownServer(makeBox(tr("This is my own server"), false))
    , m_foreign(new QLineEdit(this))
    , m_recipients(makeNumber(
          u"diagnoseRecipients"_s, tr("At most so many recipients of one message"), 10'000, 200))
    , m_parallel(makeNumber(u"diagnoseSessions"_s, tr("Sessions at the same time"), 64, 4))
    , m_pause(makeNumber(
          u"diagnosePause"_s, tr("Pause after a 421 or 4yz, doubled each time"), 3600, 5))
{
    auto *families = new QHBoxLayout;
    families->setSpacing(16);
    for (const Family family : {Family::IPv4, Family::IPv6}) {
        m_families.append({makeBox(DiagnosisText::of(family), true), family});
        families->addWidget(m_families.last().first);
    }
    families->addSpacing(16);
    for (const TlsMode mode : {TlsMode::Clear, TlsMode::StartTls, TlsMode::Implicit}) {
        m_modes.append({makeBox(DiagnosisText::of(mode), true), mode});
        families->addWidget(m_modes.last().first);
    }
    families->addStretch();
    makeTree();
    m_recipient->setPlaceholderText(tr("A mailbox of your own behind this relay"));
    m_recipient->setObjectName(u"diagnoseRecipient"_s);
    m_recipient->setClearButtonEnabled(true);
    m_ownServer->setObjectName(u"ownServer"_s);
    connect(m_recipient, &QLineEdit::textChanged, this, &CheckChoice::changed);

    m_foreign->setPlaceholderText(tr("relay-test@example.org, whom open-relay checks name"));
    m_foreign->setToolTip(
        tr("A mailbox that is not this relay's business. Nothing is sent to it."));
    m_foreign->setObjectName(u"diagnoseForeign"_s);
    m_foreign->setClearButtonEnabled(true);
    connect(m_foreign, &QLineEdit::textChanged, this, &CheckChoice::changed);

    auto *consents = new QHBoxLayout;
    consents->setSpacing(16);
    consents->addWidget(m_recipient, 1);
    consents->addWidget(m_ownServer);
    auto *form = new QFormLayout(this);
    form->setContentsMargins(8, 8, 8, 8);
    form->setSpacing(8);
    form->addRow(tr("Try"), families);
    form->addRow(m_tree);
    form->addRow(tr("&Recipient"), consents);
    static_cast<QLabel *>(form->labelForField(consents))->setBuddy(m_recipient);
    form->addRow(tr("&Foreign"), m_foreign);
    form->addRow(tr("Limits"), makeLimits());
}

QCheckBox *CheckChoice::makeBox(const QString &text, bool checked)
{
    auto *box = new QCheckBox(text, this);
    box->setChecked(checked);
    connect(box, &QCheckBox::toggled, this, &CheckChoice::changed);
    return box;
}

QSpinBox *CheckChoice::makeNumber(
    const QString &objectName, const QString &label, int most, int value)
{
    auto *number = new QSpinBox(this);
    number->setObjectName(objectName);
    number->setAccessibleName(label);
    number->setToolTip(label);
    number->setRange(1, most);
    number->setValue(value);
    return number;
}

QHBoxLayout *CheckChoice::makeLimits()
{
    m_pause->setSuffix(tr(" s"));
    auto *limits = new QHBoxLayout;
    limits->setSpacing(6);
    for (const auto &[number, text] : {std::pair {m_recipients, tr("recipients")},
             std::pair {m_parallel, tr("sessions")}, std::pair {m_pause, tr("pause after 421")}}) {
        limits->addWidget(number);
        auto *label = new QLabel(text, this);
        label->setBuddy(number);
        limits->addWidget(label);
        limits->addSpacing(8);
    }
    limits->addStretch();
    return limits;
}

QTreeWidgetItem *CheckChoice::addGroup(const QString &title)
{
    auto *group = new QTreeWidgetItem(m_tree, {title});
    group->setFlags(Qt::ItemIsEnabled);
    group->setFirstColumnSpanned(true);
    QFont bold = m_tree->font();
    bold.setBold(true);
    group->setFont(Title, bold);
    return group;
}

void CheckChoice::makeTree()
{
    m_tree->setAccessibleName(tr("Checks"));
    m_tree->setColumnCount(2);
    m_tree->setHeaderHidden(true);
    m_tree->setRootIsDecorated(false);
    m_tree->setItemsExpandable(false);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setItemDelegate(new Widgets::RoomyDelegate(m_tree));
    m_tree->setTextElideMode(Qt::ElideRight);
    m_tree->setMinimumHeight(96);
    QTreeWidgetItem *harmless = addGroup(tr("Harmless: no message is sent"));
    QTreeWidgetItem *thorough = addGroup(tr("Thorough: many connections, some minutes"));
    const QString purpose = tr("Asks which TLS versions, cipher suites and groups each address "
                               "accepts, which chains it shows, and for its OCSP staple.");
    m_inspection = new QTreeWidgetItem(thorough, {tr("TLS inspection"), purpose});
    m_inspection->setCheckState(Title, Qt::Unchecked);
    m_inspection->setToolTip(Purpose, Models::plainTip(purpose));
    QTreeWidgetItem *intrusive = addGroup(tr("Intrusive: only what you ask for"));
    for (const Check check : allChecks()) {
        const bool isHarmless = consentFor(check) == Consent::None;
        auto *item = new QTreeWidgetItem(isHarmless ? harmless : intrusive,
            {DiagnosisText::of(check), DiagnosisText::purpose(check)});
        item->setData(Title, Qt::UserRole, int(check));
        item->setCheckState(Title, isHarmless ? Qt::Checked : Qt::Unchecked);
        item->setToolTip(Purpose, Models::plainTip(DiagnosisText::purpose(check)));
    }
    m_tree->expandAll();
    m_tree->header()->setSectionResizeMode(Title, QHeaderView::ResizeToContents);
    connect(m_tree, &QTreeWidget::itemChanged, this, &CheckChoice::changed);
}

QSet<Check> CheckChoice::checks() const
{
    QSet<Check> chosen;
    for (int group = 0; group < m_tree->topLevelItemCount(); ++group) {
        const QTreeWidgetItem *parent = m_tree->topLevelItem(group);
        for (int row = 0; row < parent->childCount(); ++row) {
            const QTreeWidgetItem *item = parent->child(row);
            if (item != m_inspection && item->checkState(Title) == Qt::Checked)
                chosen.insert(static_cast<Check>(item->data(Title, Qt::UserRole).toInt()));
        }
    }
    return chosen;
}

bool CheckChoice::isChosen(Consent consent) const
{
    return std::ranges::contains(checks(), consent, consentFor);
}

void CheckChoice::fill(Wish &wish) const
{
    wish.families = chosen(m_families);
    wish.modes = chosen(m_modes);
    wish.checks = checks();
    wish.tlsInspection = m_inspection->checkState(Title) == Qt::Checked;
    wish.recipient = m_recipient->text().trimmed().toUtf8();
    wish.foreignRecipient = m_foreign->text().trimmed().toUtf8();
    wish.recipients = m_recipients->value();
    wish.parallel = m_parallel->value();
    wish.pause = std::chrono::seconds(m_pause->value());
    wish.ownServer = m_ownServer->isChecked();
    wish.authenticate = isChosen(Consent::Credentials);
}

QString CheckChoice::problem() const
{
    if (chosen(m_families).isEmpty() || chosen(m_modes).isEmpty())
        return tr("Choose at least one of IPv4 and IPv6, and one way to connect.");
    if (isChosen(Consent::Credentials) && !m_isPasswordKnown)
        return tr("To check authentication, choose a relay profile with a user name.");
    const bool needsRecipient = isChosen(Consent::Recipient) || isChosen(Consent::OwnServer);
    const QByteArray recipient = m_recipient->text().trimmed().toUtf8();
    if (needsRecipient && recipient.isEmpty())
        return tr("The intrusive checks need a recipient: a mailbox of your own.");
    if (needsRecipient && !Smtp::Mailbox::parse(recipient))
        return tr("The recipient is no address.");
    if (const QByteArray foreign = m_foreign->text().trimmed().toUtf8();
        !foreign.isEmpty() && (!Smtp::Mailbox::parse(foreign) || foreign.lastIndexOf('@') < 1))
        return tr("The foreign mailbox is no address.");
    if (isChosen(Consent::OwnServer) && !m_ownServer->isChecked())
        return tr("Checking line ends sends mail: say that the server is your own.");
    return {};
}

void CheckChoice::setPasswordKnown(bool known)
{
    m_isPasswordKnown = known;
    Q_EMIT changed();
}

} // namespace Mailgauge::Diagnose
