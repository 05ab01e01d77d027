// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/deliverypanel.h"

#include "base/literals.h"
#include "compose/deliveryproblems.h"
#include "models/deliverymodel.h"
#include "theme/theme.h"
#include "widgets/fieldrow.h"
#include "widgets/formscroll.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QSpinBox>

namespace Mailgauge::Compose {

namespace {

using Delivery::DeliveryOptions;
using Delivery::DsnOptions;
using Smtp::DeliverBy;
using Smtp::Stage;
using Smtp::StopRule;

} // namespace

DeliveryPanel::DeliveryPanel(
    const Theme::Theme &theme, Models::DeliveryModel &model, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_model(model)
    , m_page(new QWidget(this))
    , m_problem(new QLabel(this))
{
    auto *form = new QFormLayout(m_page);
    form->setContentsMargins(16, 12, 16, 12);
    form->setSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    addReports(form);
    addTimes(form);
    addTrust(form);
    addParameters(form);
    addStop(form);
    addTranscript(form);
    addRepeat(form);
    addTemplate(form);

    auto *scroll = Widgets::formScroll(m_page, this);
    scroll->setObjectName(u"deliveryScroll"_s);
    m_problem->setObjectName(u"deliveryProblem"_s);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setContentsMargins(16, 4, 16, 4);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(scroll, 1);
    column->addWidget(m_problem);
    connect(&m_model, &Models::DeliveryModel::optionsChanged, this, &DeliveryPanel::follow);
    connect(&m_theme, &Theme::Theme::changed, this, &DeliveryPanel::follow);
    m_showing = false;
    follow();
}

DeliveryOptions DeliveryPanel::shown() const
{
    DeliveryOptions options;
    for (auto box = m_notify.begin(); box != m_notify.end(); ++box)
        options.dsn.notify.setFlag(
            static_cast<DsnOptions::When>(box.key()), box.value()->isChecked());
    options.dsn.ret = static_cast<DsnOptions::Return>(m_return->currentIndex());
    options.dsn.envelopeId = m_envelopeId->text();
    options.originalRecipient = m_originalRecipient->isChecked();
    options.vouch = m_vouch->isChecked();
    options.submitter = m_submitter->text();
    options.requireTls = m_requireTls->isChecked();
    options.traceTls = m_traceTls->isChecked();
    if (m_deliverBy->isChecked())
        options.deliverBy = DeliverBy {.within = std::chrono::seconds(m_within->value()),
            .mode = static_cast<DeliverBy::Mode>(m_late->currentIndex()),
            .trace = m_trace->isChecked()};
    options.hold = static_cast<DeliveryOptions::Hold>(m_hold->currentIndex());
    options.holdFor = std::chrono::seconds(m_holdFor->value());
    options.holdUntil = options.hold == DeliveryOptions::Hold::Until ? m_holdUntil->dateTime()
                                                                     : QDateTime();
    if (m_priority->currentIndex() > 0)
        options.priority = Highest + 1 - m_priority->currentIndex();
    options.mailParameters = m_mailParameters->text();
    options.rcptParameters = m_rcptParameters->text();
    if (m_stop->currentIndex() > 0 && m_stages->checkedId() >= 0)
        options.stop = StopRule {.how = static_cast<StopRule::How>(m_stop->currentIndex() - 1),
            .stage = static_cast<Stage>(m_stages->checkedId())};
    options.messages = m_messages->value();
    options.sessions = m_sessions->value();
    options.fill = m_fill->isChecked();
    options.values = m_values->toPlainText();
    return options;
}

void DeliveryPanel::change(const QString &field)
{
    if (m_showing)
        return;
    if (field.startsWith(u"notify"_s)) {
        // NEVER stands alone (RFC 3461 4.1).
        const QScopedValueRollback showing(m_showing, true);
        const bool never = field == u"notifyNever"_s;
        for (auto box = m_notify.begin(); box != m_notify.end(); ++box) {
            if ((box.key() == DsnOptions::Never) != never)
                box.value()->setChecked(false);
        }
    }
    if (field == u"stop"_s && m_stop->currentIndex() > 0 && m_stages->checkedId() < 0) {
        const QScopedValueRollback showing(m_showing, true);
        m_stages->button(static_cast<int>(Stage::Rcpt))->setChecked(true);
    }
    m_model.change(shown(), field);
    follow();
}

void DeliveryPanel::fill(const DeliveryOptions &options)
{
    for (auto box = m_notify.begin(); box != m_notify.end(); ++box)
        box.value()->setChecked(
            options.dsn.notify.testFlag(static_cast<DsnOptions::When>(box.key())));
    m_return->setCurrentIndex(static_cast<int>(options.dsn.ret));
    m_originalRecipient->setChecked(options.originalRecipient);
    m_vouch->setChecked(options.vouch);
    // Setting the same text would move the cursor.
    for (const auto &[edit, text] : {std::pair {m_envelopeId, options.dsn.envelopeId},
             std::pair {m_submitter, options.submitter},
             std::pair {m_mailParameters, options.mailParameters},
             std::pair {m_rcptParameters, options.rcptParameters}}) {
        if (edit->text() != text)
            edit->setText(text);
    }
    m_requireTls->setChecked(options.requireTls);
    m_traceTls->setChecked(options.traceTls);
    m_deliverBy->setChecked(options.deliverBy.has_value());
    if (options.deliverBy) {
        m_within->setValue(static_cast<int>(options.deliverBy->within.count()));
        m_late->setCurrentIndex(static_cast<int>(options.deliverBy->mode));
        m_trace->setChecked(options.deliverBy->trace);
    }
    m_hold->setCurrentIndex(static_cast<int>(options.hold));
    m_holdFor->setValue(static_cast<int>(options.holdFor.count()));
    if (options.holdUntil.isValid())
        m_holdUntil->setDateTime(options.holdUntil.toLocalTime());
    m_priority->setCurrentIndex(options.priority ? Highest + 1 - *options.priority : 0);
    m_stop->setCurrentIndex(options.stop ? static_cast<int>(options.stop->how) + 1 : 0);
    m_stages->setExclusive(false);
    for (QAbstractButton *point : m_stages->buttons())
        point->setChecked(
            options.stop && m_stages->id(point) == static_cast<int>(options.stop->stage));
    m_stages->setExclusive(true);
    m_messages->setValue(options.messages);
    m_sessions->setValue(options.sessions);
    m_fill->setChecked(options.fill);
    if (m_values->toPlainText() != options.values)
        m_values->setPlainText(options.values);
}

void DeliveryPanel::follow()
{
    const DeliveryOptions &options = m_model.options();
    {
        const QScopedValueRollback showing(m_showing, true);
        fill(options);
    }
    m_submitter->setEnabled(options.vouch);
    for (QWidget *field : std::initializer_list<QWidget *> {m_within, m_late, m_trace})
        field->setEnabled(options.deliverBy.has_value());
    m_holdFor->setVisible(options.hold == DeliveryOptions::Hold::For);
    m_holdUntil->setVisible(options.hold == DeliveryOptions::Hold::Until);
    m_sessions->setEnabled(options.messages > 1);
    m_values->setEnabled(options.fill);
    const auto problems = DeliveryProblems::of(options, QDateTime::currentDateTimeUtc());
    QString other;
    for (auto row = m_rows.begin(); row != m_rows.end(); ++row)
        row.value()->setProblem(problems.value(row.key()));
    for (auto problem = problems.begin(); problem != problems.end(); ++problem) {
        if (!m_rows.contains(problem.key()) && other.isEmpty())
            other = problem.value();
    }
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, m_theme.color(Theme::Role::Rejected));
    m_problem->setPalette(colors);
    m_problem->setText(other);
    m_problem->setVisible(!other.isEmpty());
}

bool DeliveryPanel::hasProblem() const
{
    return !DeliveryProblems::of(m_model.options(), QDateTime::currentDateTimeUtc()).isEmpty();
}

void DeliveryPanel::showProblem()
{
    follow();
    const auto problems = DeliveryProblems::of(m_model.options(), QDateTime::currentDateTimeUtc());
    if (problems.isEmpty())
        return;
    auto *field = m_page->findChild<QWidget *>(problems.firstKey());
    if (field == nullptr)
        return;
    findChild<QScrollArea *>()->ensureWidgetVisible(field);
    field->setFocus();
}

} // namespace Mailgauge::Compose
