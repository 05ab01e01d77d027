// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounces/explaindialog.h"

#include "base/literals.h"
#include "bounce/pastedreply.h"
#include "explain/explain.h"
#include "explain/provider.h"
#include "widgets/parts.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace Mailgauge::Bounces {

namespace {

QLabel *textLabel(const QString &objectName, QWidget *parent)
{
    QLabel *label = Widgets::plainLabel(
        parent, objectName, Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    return label;
}

QComboBox *choice(const QString &objectName, const QString &recognise, QWidget *parent)
{
    auto *box = new QComboBox(parent);
    box->setObjectName(objectName);
    box->addItem(recognise, QByteArray());
    return box;
}

QString titleOf(const Smtp::Reply &reply, const QByteArray &provider)
{
    QStringList parts {ExplainDialog::tr("Reply %1").arg(reply.code)};
    if (const auto enhanced = reply.enhanced())
        parts.append(QString::fromLatin1(enhanced->toByteArray()));
    if (const auto *known = Explain::findProvider(QString::fromLatin1(provider)))
        parts.append(known->name);
    return parts.join(u" · "_s);
}

} // namespace

ExplainDialog::ExplainDialog(QWidget *parent)
    : QDialog(parent)
    , m_edit(new QPlainTextEdit(this))
    , m_provider(choice(u"explainProvider"_s, tr("Recognise"), this))
    , m_stage(choice(u"explainStage"_s, tr("Recognise, else rcpt"), this))
    , m_title(textLabel(u"explainTitle"_s, this))
    , m_sentence(textLabel(u"explainSentence"_s, this))
    , m_facts(new QFormLayout)
    , m_cause(addFact(tr("Cause"), u"explainCause"_s))
    , m_nextStep(addFact(tr("Next step"), u"explainNextStep"_s))
    , m_who(addFact(tr("Who acts"), u"explainWho"_s))
    , m_source(addFact(tr("Source"), u"explainSource"_s))
{
    setWindowTitle(tr("Explain Reply"));
    resize(640, 560);
    m_edit->setAccessibleName(tr("Reply to explain"));
    m_edit->setPlaceholderText(tr("Paste a reply, a line of a mail log, or what a bounce says:\n"
                                  "550 5.1.1 The email account that you tried to reach …"));
    m_edit->setTabChangesFocus(true);
    m_edit->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_edit->setLayoutDirection(Qt::LeftToRight);
    m_edit->setMinimumHeight(96);
    for (const Explain::Provider &one : Explain::providers())
        m_provider->addItem(one.name, one.id);
    for (const Smtp::Stage stage : Smtp::allStages) {
        const QByteArray name = Smtp::stageName(stage).toByteArray();
        m_stage->addItem(QString::fromLatin1(name), name);
    }
    auto *providerLabel = new QLabel(tr("&Provider"), this);
    providerLabel->setBuddy(m_provider);
    auto *stageLabel = new QLabel(tr("&In reply to"), this);
    stageLabel->setBuddy(m_stage);
    QFont bold = font();
    bold.setBold(true);
    bold.setPointSizeF(bold.pointSizeF() * 1.25);
    m_title->setFont(bold);
    m_title->setAccessibleName(tr("What was recognised"));
    m_facts->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_facts->setRowWrapPolicy(QFormLayout::DontWrapRows);
    m_facts->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_facts->setHorizontalSpacing(12);

    auto *choices = new QHBoxLayout;
    choices->setSpacing(8);
    choices->addWidget(providerLabel);
    choices->addWidget(m_provider, 1);
    choices->addSpacing(8);
    choices->addWidget(stageLabel);
    choices->addWidget(m_stage, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(8);
    layout->addWidget(m_edit, 1);
    layout->addLayout(choices);
    layout->addSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_sentence);
    layout->addLayout(m_facts);
    layout->addStretch(1);
    layout->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_edit, &QPlainTextEdit::textChanged, this, &ExplainDialog::look);
    connect(m_provider, &QComboBox::currentIndexChanged, this, &ExplainDialog::look);
    connect(m_stage, &QComboBox::currentIndexChanged, this, &ExplainDialog::look);
    look();
}

QLabel *ExplainDialog::addFact(const QString &name, const QString &objectName)
{
    auto *value = textLabel(objectName, this);
    value->setAccessibleName(name);
    auto *label = new QLabel(name, this);
    label->setForegroundRole(QPalette::PlaceholderText);
    m_facts->addRow(label, value);
    return value;
}

void ExplainDialog::setFact(QLabel *value, const QString &text)
{
    value->setText(text);
    m_facts->setRowVisible(value, !text.isEmpty());
}

void ExplainDialog::look()
{
    const QString text = m_edit->toPlainText();
    const auto pasted = Bounce::readPastedReply(text.toUtf8());
    Explain::Explanation means;
    if (pasted) {
        const QByteArray chosen = m_provider->currentData().toByteArray();
        const auto stage = Smtp::stageFromName(m_stage->currentData().toByteArray());
        means = Explain::explain(pasted->reply,
            stage.value_or(pasted->stage.value_or(Smtp::Stage::Rcpt)),
            chosen.isEmpty() ? Explain::providerOfHost(pasted->host) : chosen);
        m_title->setText(titleOf(pasted->reply, means.provider));
    } else {
        m_title->setText(text.trimmed().isEmpty() ? QString() : tr("No reply code in this text"));
        means.text = text.trimmed().isEmpty()
            ? QString()
            : tr("A reply begins with three digits, the first from 2 to 5.");
    }
    m_title->setVisible(!m_title->text().isEmpty());
    m_sentence->setText(means.text);
    setFact(m_cause, means.cause);
    setFact(m_nextStep, means.nextStep);
    setFact(m_who, means.who);
    setFact(m_source, means.rfc);
}

} // namespace Mailgauge::Bounces
