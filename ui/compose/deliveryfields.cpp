// SPDX-License-Identifier: GPL-3.0-or-later
// DeliveryPanel, its fields: which there are, section by section.
#include "compose/deliverypanel.h"

#include "base/literals.h"
#include "theme/theme.h"
#include "widgets/fieldrow.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScopedValueRollback>
#include <QSpinBox>
#include <QToolButton>

#include <tuple>

namespace Mailgauge::Compose {

namespace {

using Delivery::DsnOptions;
using Smtp::Stage;

constexpr int StagesInARow = 5;
constexpr int NineDigits = 999'999'999; // RFC 2852 4, RFC 4865 4.1
constexpr int MostMessages = 1'000'000;
constexpr int MostSessions = 256;

QDateTime toTheSecond(const QDateTime &time)
{
    return QDateTime::fromSecsSinceEpoch(time.toSecsSinceEpoch());
}

} // namespace

void DeliveryPanel::addReports(QFormLayout *form)
{
    addHeading(form, tr("Delivery reports (DSN)"));
    for (const auto &[when, name, text] :
        {std::tuple {DsnOptions::Success, u"notifySuccess"_s, tr("Delivered")},
            std::tuple {DsnOptions::Failure, u"notifyFailure"_s, tr("Failed")},
            std::tuple {DsnOptions::Delay, u"notifyDelay"_s, tr("Delayed")},
            std::tuple {DsnOptions::Never, u"notifyNever"_s, tr("Never")}})
        m_notify.insert(when, makeCheck(name, text));
    addLine(form, tr("Report"),
        {m_notify.value(DsnOptions::Success), m_notify.value(DsnOptions::Failure),
            m_notify.value(DsnOptions::Delay), m_notify.value(DsnOptions::Never)});
    m_return = makeChoice(u"dsnReturn"_s, tr("What a report brings back"),
        {tr("As the relay does it"), tr("The whole message"), tr("Its header only")});
    addLine(form, tr("Bring back"), {m_return});
    m_envelopeId = addText(form, u"envelopeId"_s, tr("Envelope id"), tr("None"));
    m_originalRecipient = makeCheck(u"originalRecipient"_s, tr("Tell for whom it was (ORCPT)"));
    addLine(form, {}, {m_originalRecipient});
}

void DeliveryPanel::addTimes(QFormLayout *form)
{
    addHeading(form, tr("Time and priority"));
    QStringList priorities {tr("As ever")};
    for (int priority = Highest; priority >= -Highest; --priority)
        priorities.append(priority > 0 ? u"+%1"_s.arg(priority) : QString::number(priority));
    m_priority = makeChoice(u"priority"_s, tr("Priority, 9 is the highest"), priorities);
    addLine(form, tr("Priority"), {m_priority});
    m_deliverBy = makeCheck(u"deliverBy"_s, tr("within"));
    m_deliverBy->setAccessibleName(tr("Deliver within a time"));
    m_within = makeNumber(u"deliverWithin"_s, tr("Seconds to deliver in"), -NineDigits, NineDigits);
    m_within->setSuffix(tr(" s"));
    m_within->setValue(3600);
    m_late = makeChoice(u"deliverLate"_s, tr("What to do when it is late"),
        {tr("else report a delay"), tr("else send it back")});
    m_trace = makeCheck(u"deliverTrace"_s, tr("report each relay"));
    addLine(form, tr("Deliver"), {m_deliverBy, m_within, m_late, m_trace});
    m_hold = makeChoice(
        u"hold"_s, tr("When the relay lets it go"), {tr("At once"), tr("After"), tr("Not before")});
    m_holdFor = makeNumber(u"holdFor"_s, tr("Seconds to hold it"), 1, NineDigits);
    m_holdFor->setSuffix(tr(" s"));
    m_holdUntil = new QDateTimeEdit(m_page);
    m_holdUntil->setObjectName(u"holdUntil"_s);
    m_holdUntil->setAccessibleName(tr("Date and time to hold it until"));
    m_holdUntil->setCalendarPopup(true);
    m_holdUntil->setDisplayFormat(u"yyyy-MM-dd HH:mm:ss"_s);
    m_holdUntil->setDateTime(toTheSecond(QDateTime::currentDateTime().addSecs(3600)));
    connect(m_holdUntil, &QDateTimeEdit::dateTimeChanged, this, [this] { change(u"holdUntil"_s); });
    addLine(form, tr("Release"), {m_hold, m_holdFor, m_holdUntil});
}

void DeliveryPanel::addTrust(QFormLayout *form)
{
    addHeading(form, tr("Trust"));
    m_requireTls = makeCheck(u"requireTls"_s, tr("TLS on the whole way, or back (REQUIRETLS)"));
    addLine(form, {}, {m_requireTls});
    m_vouch = makeCheck(u"vouch"_s, tr("Say who submitted it (AUTH= on MAIL)"));
    addLine(form, {}, {m_vouch});
    m_submitter = addText(form, u"submitter"_s, tr("Submitted by"), tr("Nobody vouches: <>"));
}

void DeliveryPanel::addParameters(QFormLayout *form)
{
    addHeading(form, tr("Further parameters"));
    m_mailParameters = addText(form, u"mailParameters"_s, tr("Of MAIL"), tr("None; KEY=VALUE …"));
    m_rcptParameters = addText(form, u"rcptParameters"_s, tr("Of RCPT"), tr("None; KEY=VALUE …"));
    for (QLineEdit *edit : {m_mailParameters, m_rcptParameters}) {
        edit->setFont(m_theme.monospaceFont());
        edit->setLayoutDirection(Qt::LeftToRight);
    }
}

void DeliveryPanel::addStop(QFormLayout *form)
{
    addHeading(form, tr("Stop on purpose"));
    m_stop = makeChoice(u"stop"_s, tr("How to stop"),
        {tr("Go through to the end"), tr("Stop after the reply: QUIT"),
            tr("Cut the connection after the reply"), tr("Cut it after sending, reply unread")});
    addLine(form, tr("How"), {m_stop});
    m_stages = new QButtonGroup(this);
    auto *points = new QWidget(m_page);
    auto *grid = new QGridLayout(points);
    grid->setContentsMargins({});
    grid->setSpacing(4);
    int place = 0;
    for (const Stage stage : Smtp::allStages) {
        auto *point = new QToolButton(points);
        const QString name = QString::fromLatin1(Smtp::stageName(stage));
        point->setText(name);
        point->setObjectName(u"stage."_s + name);
        point->setAccessibleName(tr("Stop at %1").arg(name));
        point->setCheckable(true);
        point->setFocusPolicy(Qt::StrongFocus);
        point->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_stages->addButton(point, static_cast<int>(stage));
        grid->addWidget(point, place / StagesInARow, place % StagesInARow);
        ++place;
    }
    connect(m_stages, &QButtonGroup::idClicked, this, [this] {
        // A point says where; how, if nothing was said, is the gentle one.
        if (m_stop->currentIndex() == 0) {
            const QScopedValueRollback showing(m_showing, true);
            m_stop->setCurrentIndex(1);
        }
        change(u"stop"_s);
    });
    addLine(form, tr("Where"), {points});
}

void DeliveryPanel::addTranscript(QFormLayout *form)
{
    addHeading(form, tr("Transcript"));
    m_traceTls = makeCheck(u"traceTls"_s, tr("Tell the messages of the TLS handshake"));
    m_traceTls->setToolTip(tr("What was offered and what was chosen: versions, cipher suites, "
                              "groups, names, certificates, tickets. Keys are never among it. "
                              "Alerts are always told."));
    addLine(form, {}, {m_traceTls});
}

void DeliveryPanel::addRepeat(QFormLayout *form)
{
    addHeading(form, tr("Repeat"));
    m_messages = makeNumber(u"messages"_s, tr("How many times to send it"), 1, MostMessages);
    m_messages->setGroupSeparatorShown(true);
    m_sessions = makeNumber(u"sessions"_s, tr("Over how many sessions"), 1, MostSessions);
    addLine(form, tr("Send it"),
        {m_messages, new QLabel(tr("time(s), over"), m_page), m_sessions,
            new QLabel(tr("session(s) kept open"), m_page)});
}

void DeliveryPanel::addTemplate(QFormLayout *form)
{
    addHeading(form, tr("Template"));
    m_fill = makeCheck(u"templateFill"_s, tr("Fill {{name}} in the envelope and the message"));
    m_fill->setToolTip(tr("In the addresses, the subject, the texts and the further headers. "
                          "{{date}}, {{isoDate}}, {{uuid}} and {{version}} have values of their "
                          "own; so have {{messageId}}, {{from}}, {{to}} and {{heloName}}, but not "
                          "within addresses."));
    addLine(form, {}, {m_fill});
    m_values = new QPlainTextEdit(m_page);
    m_values->setObjectName(u"templateValues"_s);
    m_values->setAccessibleName(tr("Values, a JSON object"));
    m_values->setPlaceholderText(u"{\"name\": \"Ann\", \"order\": 17}"_s);
    m_values->setTabChangesFocus(true);
    m_values->setLayoutDirection(Qt::LeftToRight);
    m_values->setFont(m_theme.monospaceFont());
    m_values->setFixedHeight(m_values->fontMetrics().lineSpacing() * 4 + 12);
    connect(m_values, &QPlainTextEdit::textChanged, this, [this] { change(u"templateValues"_s); });
    auto *title = new QLabel(tr("Values (JSON)"), m_page);
    title->setBuddy(m_values);
    form->addRow(title, m_values);
}

void DeliveryPanel::addHeading(QFormLayout *form, const QString &text)
{
    auto *heading = new QLabel(u"<b>%1</b>"_s.arg(text.toHtmlEscaped()), m_page);
    if (form->rowCount() > 0)
        heading->setContentsMargins(0, 8, 0, 0);
    form->addRow(heading);
}

void DeliveryPanel::addLine(
    QFormLayout *form, const QString &label, const QList<QWidget *> &widgets)
{
    auto *line = new QHBoxLayout;
    line->setSpacing(8);
    for (QWidget *widget : widgets)
        line->addWidget(widget);
    if (widgets.first()->sizePolicy().horizontalPolicy() != QSizePolicy::Preferred)
        line->addStretch();
    auto *title = new QLabel(label, m_page);
    title->setBuddy(widgets.first());
    form->addRow(title, line);
}

QLineEdit *DeliveryPanel::addText(
    QFormLayout *form, const QString &name, const QString &label, const QString &placeholder)
{
    auto *edit = new QLineEdit(m_page);
    edit->setObjectName(name);
    edit->setAccessibleName(label);
    edit->setPlaceholderText(placeholder);
    auto *row = new Widgets::FieldRow(m_theme, edit, {}, m_page);
    auto *title = new QLabel(label, m_page);
    title->setBuddy(edit);
    title->setMinimumHeight(edit->sizeHint().height());
    form->addRow(title, row);
    m_rows.insert(name, row);
    connect(edit, &QLineEdit::textChanged, this, [this, name] { change(name); });
    return edit;
}

QCheckBox *DeliveryPanel::makeCheck(const QString &name, const QString &text)
{
    auto *box = new QCheckBox(text, m_page);
    box->setObjectName(name);
    connect(box, &QCheckBox::toggled, this, [this, name] { change(name); });
    return box;
}

QSpinBox *DeliveryPanel::makeNumber(const QString &name, const QString &spoken, int least, int most)
{
    auto *box = new QSpinBox(m_page);
    box->setObjectName(name);
    box->setAccessibleName(spoken);
    box->setRange(least, most);
    box->setMinimumWidth(96);
    box->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(box, &QSpinBox::valueChanged, this, [this, name] { change(name); });
    return box;
}

QComboBox *DeliveryPanel::makeChoice(
    const QString &name, const QString &spoken, const QStringList &items)
{
    auto *box = new QComboBox(m_page);
    box->setObjectName(name);
    box->setAccessibleName(spoken);
    box->addItems(items);
    box->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    connect(box, &QComboBox::currentIndexChanged, this, [this, name] { change(name); });
    return box;
}

} // namespace Mailgauge::Compose
