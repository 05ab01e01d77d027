// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/tabledialog.h"

#include "base/literals.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <utility>

namespace Mailgauge::Sessions {

using Bundle::TableShape;
using Transcript::RedactionLevel;

TableDialog::TableDialog(qsizetype selected, QWidget *parent)
    : QDialog(parent)
    , m_scope(new QComboBox(this))
    , m_shape(new QComboBox(this))
    , m_level(new QComboBox(this))
    , m_explanation(new QLabel(this))
{
    setWindowTitle(tr("Save as Table"));
    setObjectName(u"tableDialog"_s);
    m_scope->setObjectName(u"tableScope"_s);
    m_scope->addItem(tr("All sessions that are listed"), false);
    if (selected > 0)
        m_scope->addItem(
            tr("The %n selected session(s)", nullptr, static_cast<int>(selected)), true);
    m_scope->setCurrentIndex(selected > 1 ? 1 : 0);
    m_shape->setObjectName(u"tableShape"_s);
    m_shape->addItem(tr("A row per session"), std::to_underlying(TableShape::Sessions));
    m_shape->addItem(tr("A row per recipient"), std::to_underlying(TableShape::Recipients));
    m_level->setObjectName(u"tableLevel"_s);
    m_level->addItem(tr("Secrets"), std::to_underlying(RedactionLevel::Secrets));
    m_level->addItem(
        tr("Secrets and names in addresses"), std::to_underlying(RedactionLevel::Addresses));
    m_level->setCurrentIndex(m_level->findData(std::to_underlying(Transcript::defaultRedaction)));

    m_explanation->setWordWrap(true);
    m_explanation->setTextFormat(Qt::PlainText);
    m_explanation->setMinimumWidth(440);
    m_explanation->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    // Another choice must not move the buttons from under the hand.
    m_explanation->setMinimumHeight(4 * fontMetrics().lineSpacing());

    auto *form = new QFormLayout;
    form->addRow(tr("&Sessions"), m_scope);
    form->addRow(tr("&Rows"), m_shape);
    form->addRow(tr("&Hide"), m_level);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    QPushButton *save = buttons->addButton(tr("Sa&ve…"), QDialogButtonBox::AcceptRole);
    save->setObjectName(u"tableSave"_s);
    save->setIcon(QIcon::fromTheme(u"document-save"_s));
    save->setDefault(true);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(16);
    layout->addLayout(form);
    layout->addWidget(m_explanation);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_shape, &QComboBox::currentIndexChanged, this, &TableDialog::explain);
    connect(m_level, &QComboBox::currentIndexChanged, this, &TableDialog::explain);
    explain();
}

bool TableDialog::onlySelected() const
{
    return m_scope->currentData().toBool();
}

TableShape TableDialog::shape() const
{
    return static_cast<TableShape>(m_shape->currentData().toInt());
}

RedactionLevel TableDialog::level() const
{
    return static_cast<RedactionLevel>(m_level->currentData().toInt());
}

void TableDialog::explain()
{
    const QString rows = shape() == TableShape::Sessions
        ? tr("How each session ended, the reply that decided, and how many recipients had which "
             "outcome.")
        : tr("What became of each recipient, with reply code, text, queue id and server. Sessions "
             "without recipients are not in it.");
    const QString names = level() == RedactionLevel::Secrets
        ? tr("Addresses, subjects and notes are in it as they are.")
        : tr("Each address becomes one like anon1@example.org, everywhere the same; other text of "
             "subjects and notes stays.");
    m_explanation->setText(rows + u' ' + names + u' '
        + tr("The file is CSV in UTF-8, for spreadsheets and scripts; times are in UTC."));
}

} // namespace Mailgauge::Sessions
