// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/providerdialog.h"

#include "base/literals.h"
#include "models/providersmodel.h"
#include "relays/tlspolicytext.h"
#include "widgets/parts.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QVBoxLayout>

namespace Mailgauge::Relays {

namespace {

QLabel *factLabel(const QString &objectName, QWidget *parent)
{
    return Widgets::plainLabel(parent, objectName, Qt::TextSelectableByMouse);
}

} // namespace

ProviderDialog::ProviderDialog(QWidget *parent)
    : QDialog(parent)
    , m_model(new Models::ProvidersModel(Relay::providerPresets(), this))
    , m_found(new QSortFilterProxyModel(this))
{
    setWindowTitle(tr("New Profile from a Provider"));
    m_found->setSourceModel(m_model);
    m_found->setFilterRole(Models::ProvidersModel::SearchRole);
    m_found->setFilterCaseSensitivity(Qt::CaseInsensitive);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_use = buttons->addButton(tr("&Make Profile"), QDialogButtonBox::AcceptRole);
    m_use->setObjectName(u"providerUse"_s);
    m_use->setIcon(QIcon::fromTheme(u"list-add"_s));
    m_use->setDefault(true);
    auto *splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeChooser());
    splitter->addWidget(makeFacts());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({240, 460});
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addWidget(splitter, 1);
    layout->addWidget(buttons);
    resize(740, 440);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_search, &QLineEdit::textChanged, this, &ProviderDialog::filter);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
        &ProviderDialog::showCurrent);
    connect(m_list, &QListView::doubleClicked, this, &QDialog::accept);
    connect(m_choice, &QComboBox::editTextChanged, this, &ProviderDialog::updateHost);
    filter({});
    m_search->setFocus();
}

QWidget *ProviderDialog::makeChooser()
{
    auto *chooser = new QWidget(this);
    m_search = new QLineEdit(chooser);
    m_search->setObjectName(u"providerSearch"_s);
    m_search->setPlaceholderText(tr("Search providers"));
    m_search->setAccessibleName(tr("Search providers"));
    m_search->setClearButtonEnabled(true);
    m_search->installEventFilter(this);
    m_list = new QListView(chooser);
    m_list->setObjectName(u"providerList"_s);
    m_list->setAccessibleName(tr("Providers"));
    m_list->setModel(m_found);
    m_list->setUniformItemSizes(true);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    auto *layout = new QVBoxLayout(chooser);
    layout->setContentsMargins({});
    layout->addWidget(m_search);
    layout->addWidget(m_list, 1);
    return chooser;
}

QWidget *ProviderDialog::makeFacts()
{
    auto *facts = new QWidget(this);
    m_name = factLabel(u"providerName"_s, facts);
    QFont bold = m_name->font();
    bold.setBold(true);
    m_name->setFont(bold);
    m_host = factLabel(u"providerHost"_s, facts);
    m_choice = new QComboBox(facts);
    m_choice->setObjectName(u"providerChoice"_s);
    m_choice->setEditable(true);
    m_choice->setAccessibleName(tr("Place in the host's name"));
    m_port = new QComboBox(facts);
    m_port->setObjectName(u"providerPort"_s);
    m_port->setAccessibleName(tr("Port"));
    m_mechanisms = factLabel(u"providerMechanisms"_s, facts);
    m_user = factLabel(u"providerUser"_s, facts);
    m_password = factLabel(u"providerPassword"_s, facts);
    m_note = factLabel(u"providerNote"_s, facts);
    m_asOf = factLabel(u"providerAsOf"_s, facts);
    m_asOf->setForegroundRole(QPalette::PlaceholderText);

    m_form = new QFormLayout;
    m_form->setSpacing(8);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->addRow(tr("&Place"), m_choice);
    m_form->addRow(tr("Host"), m_host);
    m_form->addRow(tr("P&ort"), m_port);
    m_form->addRow(tr("Mechanisms"), m_mechanisms);
    m_form->addRow(tr("User"), m_user);
    m_form->addRow(tr("Password"), m_password);
    m_form->addRow(tr("Good to know"), m_note);
    auto *layout = new QVBoxLayout(facts);
    layout->setContentsMargins(16, 4, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(m_name);
    layout->addLayout(m_form);
    layout->addStretch();
    layout->addWidget(m_asOf);
    return facts;
}

const Relay::ProviderPreset *ProviderDialog::current() const
{
    const QModelIndex index = m_found->mapToSource(m_list->currentIndex());
    return index.isValid() ? &m_model->preset(index.row()) : nullptr;
}

void ProviderDialog::filter(const QString &text)
{
    m_found->setFilterFixedString(text.trimmed());
    if (!m_list->currentIndex().isValid())
        m_list->setCurrentIndex(m_found->index(0, 0));
    showCurrent();
}

void ProviderDialog::showCurrent()
{
    const Relay::ProviderPreset *preset = current();
    m_name->setText(preset ? preset->name : tr("No provider has that in its name or notes."));
    m_choice->clear();
    m_port->clear();
    for (int row = 0; row < m_form->rowCount(); ++row)
        m_form->setRowVisible(row, preset != nullptr);
    m_asOf->setVisible(preset != nullptr);
    if (preset) {
        m_choice->addItems(preset->choices);
        for (const Relay::PresetPort &port : preset->ports)
            m_port->addItem(u"%1 – %2"_s.arg(port.port).arg(tlsPolicyText(port.tls)));
        const auto show = [this](QLabel *label, const QString &text) {
            label->setText(text);
            m_form->setRowVisible(label, !text.isEmpty());
        };
        m_form->setRowVisible(m_choice, preset->needsChoice());
        show(m_mechanisms, QString::fromLatin1(preset->mechanisms.join(", ")));
        show(m_user, preset->user.isEmpty() ? preset->userHint : preset->user);
        show(m_password, preset->passwordHint);
        show(m_note, preset->note);
        m_asOf->setText(preset->asOf.isValid()
                ? tr("As the provider told on %1; see its pages for what has changed since.")
                      .arg(QLocale().toString(preset->asOf, QLocale::ShortFormat))
                : tr("Without date: see the provider's pages."));
    }
    updateHost();
}

void ProviderDialog::updateHost()
{
    const Relay::ProviderPreset *preset = current();
    const QString choice = m_choice->currentText().trimmed();
    if (preset)
        m_host->setText(preset->needsChoice() && choice.isEmpty()
                ? preset->host
                : Relay::profileFrom(*preset, choice).host);
    m_use->setEnabled(preset && (!preset->needsChoice() || !choice.isEmpty()));
}

void ProviderDialog::accept()
{
    const Relay::ProviderPreset *preset = current();
    if (!preset || !m_use->isEnabled())
        return;
    Relay::RelayProfile profile = Relay::profileFrom(*preset, m_choice->currentText().trimmed());
    const Relay::PresetPort port = preset->ports.value(m_port->currentIndex());
    profile.port = port.port;
    profile.tls = port.tls;
    Q_EMIT chosen(profile);
    QDialog::accept();
}

// The list is walked without leaving the search.
bool ProviderDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            const int row = m_list->currentIndex().row() + (key == Qt::Key_Down ? 1 : -1);
            if (row >= 0 && row < m_found->rowCount())
                m_list->setCurrentIndex(m_found->index(row, 0));
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace Mailgauge::Relays
