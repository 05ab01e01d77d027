// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/messagefields.h"

#include "base/literals.h"
#include "compose/addressedit.h"
#include "compose/fieldproblems.h"
#include "delivery/messagetemplate.h"
#include "explain/explain.h"
#include "models/addressbook.h"
#include "theme/theme.h"
#include "widgets/fieldrow.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

namespace Mailgauge::Compose {

MessageFields::MessageFields(
    const Theme::Theme &theme, Models::AddressBook &addresses, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_addresses(addresses)
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(12, 12, 12, 8);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(1, 1);

    m_showCc = makeToggle(tr("Cc"), tr("Show the Cc field"));
    m_showBcc = makeToggle(tr("Bcc"), tr("Show the Bcc field"));
    m_showReplyTo = makeToggle(tr("Reply-To"), tr("Show the Reply-To field"));

    m_from = addRow(grid, tr("&From"), makeAddresses(u"from"_s, tr("From")), {m_showReplyTo});
    m_replyTo = addRow(
        grid, tr("&Reply-To"), makeAddresses(u"replyTo"_s, tr("Reply-To")), {}, true);
    m_to = addRow(grid, tr("&To"), makeAddresses(u"to"_s, tr("To")), {m_showCc, m_showBcc});
    setFocusProxy(m_to);
    m_cc = addRow(grid, tr("&Cc"), makeAddresses(u"cc"_s, tr("Cc")), {}, true);
    m_bcc = addRow(grid, tr("&Bcc"), makeAddresses(u"bcc"_s, tr("Bcc")), {}, true);
    auto *subject = new QLineEdit(this);
    subject->setObjectName(u"subject"_s);
    subject->setAccessibleName(tr("Subject"));
    m_subject = addRow(grid, tr("S&ubject"), subject);

    auto *label = new QLabel(tr("Envelope"), this);
    label->setToolTip(tr("What MAIL FROM and RCPT TO carry; it may differ from the fields above"));
    label->setForegroundRole(QPalette::PlaceholderText);
    const int row = grid->rowCount();
    grid->addWidget(label, row, 0, Qt::AlignTop | Qt::AlignRight);
    label->setMinimumHeight(subject->sizeHint().height());
    grid->addWidget(makeEnvelope(), row, 1, 1, 2);

    connect(m_showCc, &QToolButton::toggled, this, [this](bool on) { showOptional(m_cc, on); });
    connect(m_showBcc, &QToolButton::toggled, this, [this](bool on) { showOptional(m_bcc, on); });
    connect(m_showReplyTo, &QToolButton::toggled, this,
        [this](bool on) { showOptional(m_replyTo, on); });
}

QToolButton *MessageFields::makeToggle(const QString &text, const QString &toolTip)
{
    auto *button = new QToolButton(this);
    button->setText(text);
    button->setToolTip(toolTip);
    button->setAccessibleName(toolTip);
    button->setCheckable(true);
    button->setAutoRaise(true);
    return button;
}

AddressEdit *MessageFields::makeAddresses(const QString &name, const QString &accessible)
{
    auto *edit = new AddressEdit(m_addresses.model(), this);
    edit->setObjectName(name);
    edit->setAccessibleName(accessible);
    return edit;
}

Widgets::FieldRow *MessageFields::addRow(QGridLayout *grid, const QString &label, QLineEdit *field,
    const QList<QWidget *> &behind, bool optional)
{
    auto *row = new FieldRow(m_theme, field, {}, this);
    auto *title = new QLabel(label, this);
    title->setBuddy(field);
    title->setMinimumHeight(field->sizeHint().height());
    const int line = grid->rowCount();
    grid->addWidget(title, line, 0, Qt::AlignTop | Qt::AlignRight);
    // A column of their own lets the fields above each other end at the same place.
    grid->addWidget(row, line, 1, 1, behind.isEmpty() ? 2 : 1);
    if (!behind.isEmpty()) {
        auto *buttons = new QHBoxLayout;
        buttons->setSpacing(4);
        for (QWidget *widget : behind)
            buttons->addWidget(widget);
        grid->addLayout(buttons, line, 2, Qt::AlignTop | Qt::AlignLeft);
    }
    m_labels.insert(row, title);
    if (optional)
        showOptional(row, false);
    connect(field, &QLineEdit::textChanged, this, &MessageFields::edited);
    return row;
}

QWidget *MessageFields::makeEnvelope()
{
    auto *box = new QWidget(this);
    m_null = makeToggle(tr("Null"), tr("Null reverse-path: send MAIL FROM:<>, as bounces do"));
    m_null->setObjectName(u"nullReversePath"_s);
    auto *reverse = makeAddresses(u"reversePath"_s, tr("Reverse-path of the envelope"));
    reverse->setPlaceholderText(tr("Reverse-path: as From"));
    auto *forward = makeAddresses(u"forwardPaths"_s, tr("Forward-paths of the envelope"));
    forward->setPlaceholderText(tr("Forward-paths: To, Cc and Bcc"));
    m_keepSecrets = makeToggle(tr("Keep secrets"),
        tr("Keep the secrets of the next run: they stay in memory, can be shown in the details of "
           "their lines, and are never stored, exported or copied"));
    m_keepSecrets->setObjectName(u"keepSecrets"_s);
    m_reverse = new FieldRow(m_theme, reverse, {m_null}, box);
    m_forward = new FieldRow(m_theme, forward, {m_keepSecrets}, box);
    auto *line = new QHBoxLayout(box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(m_reverse, 1, Qt::AlignTop);
    line->addWidget(m_forward, 1, Qt::AlignTop);
    connect(m_null, &QToolButton::toggled, reverse, &QLineEdit::setDisabled);
    connect(m_null, &QToolButton::toggled, this, &MessageFields::edited);
    connect(reverse, &QLineEdit::textChanged, this, &MessageFields::edited);
    connect(forward, &QLineEdit::textChanged, this, &MessageFields::edited);
    return box;
}

void MessageFields::showOptional(FieldRow *row, bool visible)
{
    row->setVisible(visible);
    m_labels.value(row)->setVisible(visible);
    if (visible && isVisible())
        row->field()->setFocus();
}

void MessageFields::setDraft(const Mime::MessageDraft &draft)
{
    m_from->field()->setText(draft.from);
    m_replyTo->field()->setText(draft.replyTo);
    m_to->field()->setText(draft.to);
    m_cc->field()->setText(draft.cc);
    m_bcc->field()->setText(draft.bcc);
    m_subject->field()->setText(draft.subject);
    for (FieldRow *row : {m_from, m_to, m_cc, m_bcc, m_replyTo, m_subject}) {
        row->field()->setCursorPosition(0);
        row->setProblem({});
    }
    m_showCc->setChecked(!draft.cc.isEmpty());
    m_showBcc->setChecked(!draft.bcc.isEmpty());
    m_showReplyTo->setChecked(!draft.replyTo.isEmpty());
}

void MessageFields::fill(Mime::MessageDraft &draft) const
{
    draft.from = m_from->field()->text();
    draft.to = m_to->field()->text();
    draft.cc = m_cc->field()->text();
    draft.bcc = m_bcc->field()->text();
    draft.replyTo = m_replyTo->field()->text();
    draft.subject = m_subject->field()->text();
}

QString MessageFields::reversePath() const
{
    return m_reverse->field()->text().trimmed();
}

bool MessageFields::nullReversePath() const
{
    return m_null->isChecked();
}

QString MessageFields::forwardPaths() const
{
    return m_forward->field()->text().trimmed();
}

bool MessageFields::takeKeepSecrets()
{
    const bool keep = m_keepSecrets->isChecked();
    m_keepSecrets->setChecked(false);
    return keep;
}

void MessageFields::setEnvelope(
    const QString &reversePath, bool nullReversePath, const QString &forwardPaths)
{
    m_reverse->field()->setText(reversePath);
    m_null->setChecked(nullReversePath);
    m_forward->field()->setText(forwardPaths);
    for (FieldRow *row : {m_reverse, m_forward}) {
        row->field()->setCursorPosition(0);
        row->setProblem({});
    }
}

bool MessageFields::check(FieldRow *row, const QString &problem)
{
    row->setProblem(problem);
    if (!problem.isEmpty() && row != m_reverse && row != m_forward)
        showOptional(row, true);
    return problem.isEmpty();
}

bool MessageFields::validate(const std::optional<Mime::TemplateValues> &values, Judge what)
{
    using Mime::TemplateContext;
    const bool isMessage = what == Judge::Message;
    const bool hasSender = m_null->isChecked() || !m_reverse->field()->text().trimmed().isEmpty();
    FieldRow *first = nullptr;
    const auto tell = [&](FieldRow *row, const QString &problem) {
        if (!check(row, problem) && first == nullptr)
            first = row;
    };
    // What will stand there is judged. Addresses are filled before there is an envelope to speak
    // of.
    const auto judgeAs = [&](TemplateContext context, const auto &known, FieldRow *row,
                             QString (*problemOf)(const QString &)) {
        const QString typed = row->field()->text();
        const auto filled = known ? Mime::expandTemplate(typed, *known, context)
                                  : Base::Result<QString>(typed);
        tell(row, filled ? problemOf(*filled) : Explain::explain(filled.error()).withNextStep());
    };
    const auto judge = [&](FieldRow *row, QString (*problemOf)(const QString &),
                           bool counts = true) {
        if (counts)
            judgeAs(TemplateContext::Address, values, row, problemOf);
        else
            tell(row, {});
    };
    judge(m_from, &FieldProblems::from, isMessage || !hasSender);
    judge(m_replyTo, &FieldProblems::addresses, isMessage);
    for (FieldRow *row : {m_to, m_cc, m_bcc})
        judge(row, &FieldProblems::addresses);
    if (isMessage) {
        std::optional<Mime::TemplateValues> known = values;
        if (known)
            Delivery::addEnvelopeDefaults(*known, {}, {}, {});
        judgeAs(TemplateContext::Header, known, m_subject, &FieldProblems::subject);
    } else {
        tell(m_subject, {});
    }
    judge(m_reverse, &FieldProblems::paths, !m_null->isChecked());
    judge(m_forward, &FieldProblems::paths);
    const bool nobody = (m_to->field()->text() + m_cc->field()->text() + m_bcc->field()->text()
        + m_forward->field()->text())
                            .trimmed()
                            .isEmpty();
    if (nobody)
        tell(m_to, tr("Nobody would get this message. Write at least one address here."));
    if (first != nullptr)
        first->field()->setFocus();
    return first == nullptr;
}

void MessageFields::focusFirstEmpty()
{
    for (FieldRow *row : {m_from, m_to, m_subject}) {
        if (row->field()->text().isEmpty()) {
            row->field()->setFocus();
            return;
        }
    }
}

} // namespace Mailgauge::Compose
