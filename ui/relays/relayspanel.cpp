// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/relayspanel.h"

#include "base/filewriter.h"
#include "base/literals.h"
#include "explain/explain.h"
#include "models/profilesmodel.h"
#include "relay/profilejson.h"
#include "relays/profilecommand.h"
#include "relays/profileform.h"
#include "relays/providerdialog.h"
#include "relays/testresultview.h"
#include "widgets/messagebar.h"

#include <QAction>
#include <QCheckBox>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QToolBar>
#include <QVBoxLayout>

#include <algorithm>

namespace Mailgauge::Relays {

namespace {

QPushButton *button(const QString &icon, const QString &text, QWidget *parent)
{
    return new QPushButton(QIcon::fromTheme(icon), text, parent);
}

/// A file that somebody else made: read no more than a profile export can sensibly be.
constexpr qint64 LargestImport = 4 * 1024 * 1024;

} // namespace

RelaysPanel::RelaysPanel(Relay::ProfileService &profiles, Delivery::RelayTestService &tests,
    Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_profiles(profiles)
    , m_tests(tests)
    , m_model(new Models::ProfilesModel(this))
    , m_list(new QListView(this))
    , m_form(new ProfileForm(this))
    , m_result(new TestResultView(theme, this))
    , m_bar(new Widgets::MessageBar(this))
    , m_problem(new QLabel(this))
    , m_save(button(u"document-save"_s, tr("Save"), this))
    , m_revert(button(u"edit-undo"_s, tr("Revert"), this))
    , m_test(button(u"network-connect"_s, tr("Test this relay"), this))
    , m_keepSecrets(new QCheckBox(tr("Keep secrets"), this))
{
    auto *tools = new QToolBar(this);
    tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    tools->setIconSize({16, 16});
    m_add = tools->addAction(
        QIcon::fromTheme(u"list-add"_s), tr("New profile"), this, &RelaysPanel::addProfile);
    m_addFromProvider = tools->addAction(QIcon::fromTheme(u"network-server"_s),
        tr("From provider…"), this, &RelaysPanel::addFromProvider);
    m_addFromProvider->setObjectName(u"addFromProvider"_s);
    m_addFromProvider->setToolTip(tr("New profile from a provider"));
    m_duplicate = tools->addAction(
        QIcon::fromTheme(u"edit-copy"_s), tr("Duplicate"), this, &RelaysPanel::duplicateProfile);
    m_remove = tools->addAction(
        QIcon::fromTheme(u"edit-delete"_s), tr("Delete"), this, &RelaysPanel::removeProfile);
    tools->addSeparator();
    tools->addAction(
        QIcon::fromTheme(u"document-import"_s), tr("Import…"), this, &RelaysPanel::importProfiles);
    tools->addAction(
        QIcon::fromTheme(u"document-export"_s), tr("Export…"), this, &RelaysPanel::exportProfiles);
    tools->addSeparator();
    QAction *undo = m_undo.createUndoAction(this, tr("Undo"));
    undo->setIcon(QIcon::fromTheme(u"edit-undo"_s));
    tools->addAction(undo);

    m_list->setModel(m_model);
    m_list->setAccessibleName(tr("Relay profiles"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMinimumWidth(120);
    m_result->setMinimumWidth(220);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setForegroundRole(QPalette::PlaceholderText);
    m_bar->hide();

    auto *scroll = new QScrollArea(this);
    scroll->setWidget(m_form);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(16, 4, 16, 8);
    buttons->setSpacing(12);
    m_keepSecrets->setObjectName(u"keepSecrets"_s);
    m_keepSecrets->setAccessibleName(tr("Keep the secrets of the next test"));
    m_keepSecrets->setToolTip(tr("Keep the secrets of the next test: they stay in memory, can be "
                                 "shown in the details of their lines, and are never stored, "
                                 "exported or copied"));
    buttons->addWidget(m_test);
    buttons->addWidget(m_keepSecrets);
    buttons->addStretch();
    buttons->addWidget(m_revert);
    buttons->addWidget(m_save);
    auto *middle = new QWidget(this);
    auto *middleLayout = new QVBoxLayout(middle);
    middleLayout->setContentsMargins({});
    middleLayout->setSpacing(0);
    middleLayout->addWidget(scroll, 1);
    m_problem->setContentsMargins(16, 4, 16, 0);
    middleLayout->addWidget(m_problem);
    middleLayout->addLayout(buttons);

    auto *splitter = new QSplitter(this);
    splitter->addWidget(m_list);
    splitter->addWidget(middle);
    splitter->addWidget(m_result);
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 3);
    splitter->setStretchFactor(2, 2);
    splitter->setSizes({150, 420, 400});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(tools);
    layout->addWidget(m_bar);
    layout->addWidget(splitter, 1);

    connect(&m_profiles, &Relay::ProfileService::profilesChanged, this, &RelaysPanel::showProfiles);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
        &RelaysPanel::showSelected);
    connect(m_form, &ProfileForm::edited, this, &RelaysPanel::updateActions);
    connect(m_save, &QPushButton::clicked, this, &RelaysPanel::save);
    connect(m_revert, &QPushButton::clicked, this, &RelaysPanel::revert);
    connect(m_test, &QPushButton::clicked, this, &RelaysPanel::test);
    connect(m_bar, &Widgets::MessageBar::dismissed, m_bar, &QWidget::hide);
    connect(&m_tests, &Delivery::RelayTestService::finished, this,
        [this](const Transcript::SessionRecord &record) {
            if (record.id != m_testing)
                return;
            m_testing = {};
            m_result->setRecord(record);
            updateActions();
        });
    showProfiles();
}

QUuid RelaysPanel::selectedId() const
{
    const QModelIndex current = m_list->currentIndex();
    return current.isValid() ? m_model->profile(current.row()).id : QUuid();
}

void RelaysPanel::select(const QUuid &profile)
{
    if (const int row = m_model->rowOf(profile); row >= 0)
        m_list->setCurrentIndex(m_model->index(row));
}

void RelaysPanel::showProfiles()
{
    const QUuid before = selectedId();
    m_model->setProfiles(m_profiles.profiles());
    select(before);
    if (!m_list->currentIndex().isValid() && m_model->rowCount() > 0)
        m_list->setCurrentIndex(m_model->index(0));
    showSelected();
}

void RelaysPanel::showSelected()
{
    const QUuid id = selectedId();
    const auto profile = m_profiles.profile(id);
    // Keep what is being typed when another profile changed.
    if (profile && (id != m_shown || !m_form->isModified()))
        m_form->setProfile(*profile, m_profiles.credentialBackend());
    if (id != m_shown && m_testing.isNull())
        m_result->clear();
    m_shown = id;
    updateActions();
}

void RelaysPanel::updateActions()
{
    const auto profile = m_profiles.profile(m_shown);
    const bool own = profile && !profile->builtin;
    const bool modified = own && m_form->isModified();
    const QString problem = own ? m_form->problem() : QString();
    m_problem->setText(profile && profile->builtin
            ? tr("The built-in relay of this program: it needs no settings.")
            : problem);
    m_save->setEnabled(modified && problem.isEmpty());
    m_revert->setEnabled(modified);
    m_test->setEnabled(profile && problem.isEmpty() && m_testing.isNull());
    m_duplicate->setEnabled(profile.has_value());
    m_remove->setEnabled(own);
}

bool RelaysPanel::isNameTaken(const QString &name) const
{
    const QList<Relay::RelayProfile> all = m_profiles.profiles();
    return std::ranges::any_of(all, [&name](const Relay::RelayProfile &profile) {
        return profile.name.compare(name, Qt::CaseInsensitive) == 0;
    });
}

void RelaysPanel::addProfile()
{
    Relay::RelayProfile profile;
    profile.name = tr("New relay");
    addAs(profile);
    m_form->setFocus();
}

void RelaysPanel::addAs(Relay::RelayProfile profile)
{
    profile.id = QUuid::createUuid();
    const QString wanted = profile.name;
    for (int n = 2; isNameTaken(profile.name); ++n)
        profile.name = u"%1 %2"_s.arg(wanted).arg(n);
    m_undo.push(new ProfileCommand(m_profiles, std::nullopt, profile, tr("new profile")));
    select(profile.id);
}

void RelaysPanel::addFromProvider()
{
    auto *dialog = new ProviderDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ProviderDialog::chosen, this, &RelaysPanel::addAs);
    connect(dialog, &QDialog::accepted, m_form, &ProfileForm::focusCredentials);
    dialog->open();
}

void RelaysPanel::duplicateProfile()
{
    auto profile = m_profiles.profile(m_shown);
    if (!profile)
        return;
    profile->id = QUuid::createUuid();
    profile->builtin = false;
    profile->caPem.clear();
    const QString original = profile->name;
    profile->name = tr("%1 (copy)").arg(original);
    for (int n = 2; isNameTaken(profile->name); ++n)
        profile->name = tr("%1 (copy %2)").arg(original).arg(n);
    m_undo.push(new ProfileCommand(m_profiles, std::nullopt, *profile, tr("duplicate profile")));
    select(profile->id);
}

void RelaysPanel::removeProfile()
{
    const auto profile = m_profiles.profile(m_shown);
    if (!profile || profile->builtin)
        return;
    m_undo.push(new ProfileCommand(m_profiles, *profile, std::nullopt, tr("delete profile")));
    auto *undo = new QAction(tr("Undo"), m_bar);
    connect(undo, &QAction::triggered, this, [this] {
        m_undo.undo();
        m_bar->hide();
    });
    m_bar->showMessage(
        Widgets::MessageBar::Kind::Info, tr("Profile “%1” deleted.").arg(profile->name), {undo});
    m_bar->show();
}

void RelaysPanel::save()
{
    const auto before = m_profiles.profile(m_shown);
    if (!before || !m_form->problem().isEmpty())
        return;
    const Relay::RelayProfile after = m_form->profile();
    const auto password = m_form->password();
    m_form->setProfile(after, m_profiles.credentialBackend());
    if (after != *before)
        m_undo.push(new ProfileCommand(m_profiles, *before, after, tr("change profile")));
    if (password) {
        m_profiles.setPassword(after.id, *password)
            .then(this, [this](const Base::Result<void> &kept) {
                if (kept)
                    return;
                m_bar->showMessage(
                    Widgets::MessageBar::Kind::Error, Explain::explain(kept.error()).text);
                m_bar->show();
            });
    }
    updateActions();
}

void RelaysPanel::revert()
{
    if (const auto profile = m_profiles.profile(m_shown))
        m_form->setProfile(*profile, m_profiles.credentialBackend());
    updateActions();
}

void RelaysPanel::test()
{
    const auto stored = m_profiles.profile(m_shown);
    if (!stored)
        return;
    const Relay::RelayProfile profile = stored->builtin ? *stored : m_form->profile();
    if (const auto typed = m_form->password()) {
        runTest(profile, *typed);
        return;
    }
    m_profiles.password(profile.id)
        .then(this, [this, profile](const Base::Result<std::optional<Base::Secret>> &kept) {
            runTest(profile, kept && *kept ? **kept : Base::Secret());
        });
}

void RelaysPanel::runTest(const Relay::RelayProfile &profile, const Base::Secret &password)
{
    m_result->setRunning(profile.name);
    using Secrets = Delivery::RelayTestService::Secrets;
    m_testing = m_tests.test(
        profile, password, m_keepSecrets->isChecked() ? Secrets::KeepInMemory : Secrets::CutOut);
    m_keepSecrets->setChecked(false); // chosen for each run anew
    Q_EMIT testStarted(m_testing);
    updateActions();
}

void RelaysPanel::importProfiles()
{
    auto *dialog = new QFileDialog(
        this, tr("Import relay profiles"), QString(), tr("Relay profiles (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        QFile file(path);
        const auto imported = file.open(QIODevice::ReadOnly)
            ? Relay::importProfiles(file.read(LargestImport))
            : Base::fail(Base::Error::Kind::Io, file.errorString());
        if (!imported) {
            m_bar->showMessage(
                Widgets::MessageBar::Kind::Error, Explain::explain(imported.error()).text);
            m_bar->show();
            return;
        }
        for (const Relay::RelayProfile &profile : *imported)
            m_undo.push(new ProfileCommand(
                m_profiles, m_profiles.profile(profile.id), profile, tr("import profile")));
    });
    dialog->open();
}

void RelaysPanel::exportProfiles()
{
    auto *dialog = new QFileDialog(this, tr("Export relay profiles (without passwords)"), QString(),
        tr("Relay profiles (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"json"_s);
    dialog->selectFile(u"relays.json"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        QList<Relay::RelayProfile> own = m_profiles.profiles();
        own.removeIf([](const Relay::RelayProfile &profile) { return profile.builtin; });
        const auto written = Base::writeFile(path, Relay::exportProfiles(own));
        m_bar->showMessage(
            written ? Widgets::MessageBar::Kind::Success : Widgets::MessageBar::Kind::Error,
            written ? tr("%n profile(s) exported, without passwords.", nullptr,
                          static_cast<int>(own.size()))
                    : Explain::explain(written.error()).text);
        m_bar->show();
    });
    dialog->open();
}

} // namespace Mailgauge::Relays
