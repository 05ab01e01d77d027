// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/relayspanel.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/profilesmodel.h"
#include "relays/profilecommand.h"
#include "relays/profilefiles.h"
#include "relays/profileform.h"
#include "relays/providerdialog.h"
#include "relays/relaytester.h"
#include "relays/testresultview.h"
#include "widgets/emptystate.h"
#include "widgets/messagebar.h"
#include "widgets/roomydelegate.h"

#include <QAction>
#include <QCheckBox>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolBar>
#include <QVBoxLayout>

#include <algorithm>

namespace Mailgauge::Relays {

namespace {

using Widgets::MessageBar;

/// From here on list, form and test fit beside each other.
constexpr int Roomy = 720;

QPushButton *button(const QString &icon, const QString &text, QWidget *parent)
{
    return new QPushButton(QIcon::fromTheme(icon), text, parent);
}

} // namespace

RelaysPanel::RelaysPanel(Relay::ProfileService &profiles, Delivery::RelayTestService &tests,
    Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_profiles(profiles)
    , m_tester(new RelayTester(profiles, tests, this))
    , m_files(new ProfileFiles(this))
    , m_model(new Models::ProfilesModel(this))
    , m_list(new QListView(this))
    , m_form(new ProfileForm(this))
    , m_pages(new QStackedWidget(this))
    , m_builtin(new Widgets::EmptyState(u"network-server"_s,
          tr("The sandbox is the built-in relay of this program: it needs no settings, and nothing "
             "that is sent to it leaves this machine. Add the relay that you want to send "
             "through."),
          this))
    , m_views(new QTabBar(this))
    , m_result(new TestResultView(theme, this))
    , m_bar(new MessageBar(this))
    , m_problem(new QLabel(this))
    , m_save(button(u"document-save"_s, tr("Save"), this))
    , m_revert(button(u"edit-undo"_s, tr("Revert"), this))
    , m_test(button(u"network-connect"_s, tr("Test this relay"), this))
    , m_keepSecrets(new QCheckBox(tr("Keep secrets"), this))
{
    m_list->setModel(m_model);
    m_list->setAccessibleName(tr("Relay profiles"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMinimumWidth(110);
    m_list->setItemDelegate(new Widgets::RoomyDelegate(m_list));
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_result->setMinimumWidth(200);
    m_bar->hide();
    m_views->addTab(tr("Settings"));
    m_views->addTab(tr("What the test found"));
    m_views->setExpanding(false);
    m_views->setDocumentMode(true);
    m_views->setAccessibleName(tr("Settings or test"));

    auto *splitter = new QSplitter(this);
    splitter->setObjectName(u"relays"_s);
    splitter->addWidget(m_list);
    auto *tools = makeTools();
    m_middle = makeMiddle();
    splitter->addWidget(m_middle);
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
    layout->addWidget(m_views);
    layout->addWidget(splitter, 1);

    setTabOrder({m_form, m_test, m_keepSecrets, m_revert, m_save});
    using Service = Relay::ProfileService;
    connect(&m_profiles, &Service::profilesChanged, this, &RelaysPanel::showProfiles);
    connect(&m_profiles, &Service::saved, this, &RelaysPanel::saved);
    connect(&m_profiles, &Service::notSaved, this, &RelaysPanel::notSaved);
    connect(&m_profiles, &Service::credentialBackendChanged, this,
        [this] { m_form->setBackend(m_profiles.credentialBackend()); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
        &RelaysPanel::showSelected);
    connect(m_form, &ProfileForm::edited, this, &RelaysPanel::keepTyped);
    connect(m_save, &QPushButton::clicked, this, &RelaysPanel::save);
    connect(m_revert, &QPushButton::clicked, this, &RelaysPanel::revert);
    connect(m_test, &QPushButton::clicked, this, &RelaysPanel::test);
    connect(m_tester, &RelayTester::started, this, &RelaysPanel::testStarted);
    connect(m_tester, &RelayTester::changed, this, &RelaysPanel::showTest);
    connect(m_tester, &RelayTester::failed, this, &RelaysPanel::tell);
    connect(m_views, &QTabBar::currentChanged, this, &RelaysPanel::share);
    connect(m_files, &ProfileFiles::imported, this, &RelaysPanel::takeImported);
    connect(m_files, &ProfileFiles::failed, this, &RelaysPanel::tell);
    connect(m_files, &ProfileFiles::exported, this, [this](int count) {
        m_bar->showMessage(MessageBar::Kind::Success,
            tr("%n profile(s) exported, without passwords.", nullptr, count));
    });
    m_form->setBackend(m_profiles.credentialBackend());
    showProfiles();
}

QWidget *RelaysPanel::makeTools()
{
    auto *tools = new QToolBar(this);
    tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    tools->setIconSize({16, 16});
    m_add = tools->addAction(
        QIcon::fromTheme(u"list-add"_s), tr("New profile"), this, &RelaysPanel::addProfile);
    QAction *provider = tools->addAction(QIcon::fromTheme(u"network-server"_s),
        tr("From provider…"), this, &RelaysPanel::addFromProvider);
    provider->setObjectName(u"addFromProvider"_s);
    provider->setToolTip(tr("New profile from a provider"));
    m_duplicate = tools->addAction(
        QIcon::fromTheme(u"edit-copy"_s), tr("Duplicate"), this, &RelaysPanel::duplicateProfile);
    m_remove = tools->addAction(
        QIcon::fromTheme(u"edit-delete"_s), tr("Delete"), this, &RelaysPanel::removeProfile);
    tools->addSeparator();
    tools->addAction(QIcon::fromTheme(u"document-import"_s), tr("Import…"), m_files,
        &ProfileFiles::chooseImport);
    m_export = tools->addAction(
        QIcon::fromTheme(u"document-export"_s), tr("Export…"), this, [this] {
            QList<Relay::RelayProfile> own = m_profiles.profiles();
            own.removeIf([](const Relay::RelayProfile &profile) { return profile.builtin; });
            m_files->chooseExport(own);
        });
    tools->addSeparator();
    QAction *undo = m_undo.createUndoAction(this, tr("Undo"));
    undo->setIcon(QIcon::fromTheme(u"edit-undo"_s));
    tools->addAction(undo);
    m_builtin->setAction(m_add);
    return tools;
}

QWidget *RelaysPanel::makeMiddle()
{
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(m_form);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pages->addWidget(scroll);
    m_pages->addWidget(m_builtin);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setObjectName(u"profileProblem"_s);
    m_problem->setContentsMargins(16, 4, 16, 0);
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
    auto *layout = new QVBoxLayout(middle);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_problem);
    layout->addLayout(buttons);
    return middle;
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

std::optional<Relay::RelayProfile> RelaysPanel::shownProfile() const
{
    if (const auto draft = m_drafts.of(m_shown); draft && draft->isNew)
        return draft->profile;
    return m_profiles.profile(m_shown);
}

void RelaysPanel::showProfiles()
{
    const QUuid before = selectedId();
    m_model->setProfiles(m_profiles.profiles() + m_drafts.newProfiles(), m_drafts.profiles());
    select(before);
    if (!m_list->currentIndex().isValid() && m_model->rowCount() > 0)
        m_list->setCurrentIndex(m_model->index(0));
    showSelected();
}

void RelaysPanel::showSelected()
{
    m_shown = selectedId();
    showTyped();
    showTest();
}

// What is typed is put over what is saved; a change of the saved one meanwhile loses none of it.
void RelaysPanel::showTyped()
{
    const auto profile = shownProfile();
    m_pages->setCurrentIndex(!profile || profile->builtin ? 1 : 0);
    if (!profile)
        return;
    const auto draft = m_drafts.of(m_shown);
    if (draft && m_form->profile() == draft->profile && m_form->password() == draft->password)
        return;
    m_form->setProfile(*profile);
    if (draft)
        m_form->setTyped(draft->profile, draft->password);
}

void RelaysPanel::keepTyped()
{
    const auto draft = m_drafts.of(m_shown);
    const bool isNew = draft && draft->isNew;
    const auto saved = m_profiles.profile(m_shown);
    if (!isNew && (!saved || saved->builtin))
        return;
    if (isNew || m_form->isModified())
        m_drafts.put({m_form->profile(), m_form->password(), isNew});
    else
        m_drafts.drop(m_shown);
    if (draft.has_value() != m_drafts.contains(m_shown) || isNew)
        m_model->setProfiles(m_profiles.profiles() + m_drafts.newProfiles(), m_drafts.profiles());
    if (selectedId() != m_shown)
        select(m_shown);
    updateActions();
}

bool RelaysPanel::isNameTaken(const QString &name, const QUuid &id) const
{
    const auto takes = [&](const Relay::RelayProfile &one) {
        return one.id != id && one.name.compare(name, Qt::CaseInsensitive) == 0;
    };
    return m_profiles.isNameTaken(name, id) || std::ranges::any_of(m_profiles.profiles(), takes)
        || std::ranges::any_of(m_drafts.newProfiles(), takes);
}

QString RelaysPanel::problem() const
{
    const Relay::RelayProfile typed = m_form->profile();
    if (isNameTaken(typed.name, typed.id))
        return tr("Another profile is called “%1”: give this one another name.").arg(typed.name);
    return m_form->problem();
}

void RelaysPanel::updateActions()
{
    const auto profile = shownProfile();
    const bool own = profile && !profile->builtin;
    const bool typed = m_drafts.contains(m_shown);
    const QString wrong = own ? problem() : QString();
    m_problem->setText(wrong);
    m_problem->setVisible(!wrong.isEmpty());
    m_save->setVisible(own);
    m_revert->setVisible(own);
    m_save->setEnabled(typed && wrong.isEmpty());
    m_revert->setEnabled(typed);
    const auto draft = m_drafts.of(m_shown);
    m_revert->setText(draft && draft->isNew ? tr("Discard") : tr("Revert"));
    m_test->setEnabled(profile && wrong.isEmpty() && !m_tester->isRunning());
    m_duplicate->setEnabled(profile.has_value());
    m_remove->setEnabled(own);
    m_export->setEnabled(std::ranges::any_of(
        m_profiles.profiles(), [](const Relay::RelayProfile &one) { return !one.builtin; }));
}

void RelaysPanel::addProfile()
{
    Relay::RelayProfile profile;
    profile.name = tr("New relay");
    addAs(profile);
}

// Not saved before it can be: an unfinished profile is of no use to anybody.
void RelaysPanel::addAs(Relay::RelayProfile profile)
{
    profile.id = QUuid::createUuid();
    const QString wanted = profile.name;
    for (int n = 2; isNameTaken(profile.name, profile.id); ++n)
        profile.name = u"%1 %2"_s.arg(wanted).arg(n);
    m_drafts.put({profile, std::nullopt, true});
    showProfiles();
    select(profile.id);
    m_form->setFocus();
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
    auto profile = shownProfile();
    if (!profile)
        return;
    if (!profile->builtin)
        *profile = m_form->profile();
    profile->builtin = false;
    profile->caPem.clear();
    profile->name = tr("%1 (copy)").arg(profile->name);
    addAs(*profile);
}

void RelaysPanel::removeProfile()
{
    const auto profile = shownProfile();
    if (!profile || profile->builtin)
        return;
    const auto draft = m_drafts.of(m_shown);
    m_drafts.drop(m_shown);
    const bool isNew = draft && draft->isNew;
    if (isNew)
        showProfiles();
    else
        m_undo.push(new ProfileCommand(m_profiles, *profile, std::nullopt, tr("delete profile")));
    offerUndo(tr("Profile “%1” deleted.").arg(profile->name), [this, draft, isNew, profile] {
        if (!isNew)
            m_undo.undo();
        if (draft)
            m_drafts.put(*draft);
        showProfiles();
        select(profile->id);
    });
}

void RelaysPanel::offerUndo(const QString &what, const std::function<void()> &undo)
{
    auto *action = new QAction(tr("Undo"), m_bar);
    connect(action, &QAction::triggered, this, [this, undo] {
        m_bar->hide();
        undo();
    });
    // Behind a further step it would undo that one.
    connect(&m_undo, &QUndoStack::indexChanged, action, [this] { m_bar->hide(); });
    m_bar->showMessage(MessageBar::Kind::Info, what, {action});
}

void RelaysPanel::save()
{
    const auto draft = m_drafts.of(m_shown);
    if (!draft || !problem().isEmpty())
        return;
    const auto before = m_profiles.profile(m_shown);
    m_drafts.drop(m_shown);
    if (before && draft->profile == *before) {
        setPassword(*draft);
        showProfiles();
        return;
    }
    m_saving.insert(m_shown, {before, *draft});
    if (m_profiles.save(draft->profile).isNull())
        notSaved(draft->profile);
}

void RelaysPanel::saved(const QUuid &id)
{
    if (!m_saving.contains(id))
        return;
    const Saving done = m_saving.take(id);
    m_undo.push(new ProfileCommand(m_profiles, done.before, done.draft.profile,
        done.before ? tr("change profile") : tr("new profile"), ProfileCommand::State::Done));
    setPassword(done.draft);
}

// Its failure is told by whoever listens to the service; what was typed is typed still.
void RelaysPanel::notSaved(const Relay::RelayProfile &profile)
{
    if (!m_saving.contains(profile.id))
        return;
    const Saving undone = m_saving.take(profile.id);
    if (!m_drafts.contains(profile.id))
        m_drafts.put(undone.draft);
    showProfiles();
}

void RelaysPanel::setPassword(const ProfileDraft &draft)
{
    if (!draft.password)
        return;
    m_profiles.setPassword(draft.profile.id, *draft.password)
        .then(this, [this, draft](const Base::Result<void> &kept) {
            if (kept)
                return;
            // The profile is saved; its password waits in the form for another try.
            tell(kept.error());
            const auto saved = m_profiles.profile(draft.profile.id);
            if (saved && !m_drafts.contains(saved->id))
                m_drafts.put({*saved, draft.password, false});
            showProfiles();
        });
}

void RelaysPanel::revert()
{
    const auto draft = m_drafts.of(m_shown);
    if (!draft)
        return;
    m_drafts.drop(m_shown);
    showProfiles();
    offerUndo(draft->isNew ? tr("“%1” discarded.").arg(draft->profile.name)
                           : tr("Changes to “%1” discarded.").arg(draft->profile.name),
        [this, draft] {
            m_drafts.put(*draft);
            showProfiles();
            select(draft->profile.id);
        });
}

void RelaysPanel::test()
{
    const auto stored = shownProfile();
    if (!stored)
        return;
    m_views->setCurrentIndex(1);
    using Secrets = RelayTester::Secrets;
    const Secrets secrets = m_keepSecrets->isChecked() ? Secrets::KeepInMemory : Secrets::CutOut;
    m_keepSecrets->setChecked(false); // chosen for each run anew
    if (stored->builtin)
        m_tester->test(*stored, std::nullopt, secrets);
    else
        m_tester->test(m_form->profile(), m_form->password(), secrets);
}

void RelaysPanel::showTest()
{
    m_tester->show(shownProfile(), *m_result);
    updateActions();
}

void RelaysPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    share();
}

// Where form and test do not fit beside each other, each has a tab.
void RelaysPanel::share()
{
    const bool narrow = width() < Roomy;
    m_views->setVisible(narrow);
    m_middle->setVisible(!narrow || m_views->currentIndex() == 0);
    m_result->setVisible(!narrow || m_views->currentIndex() == 1);
}

void RelaysPanel::takeImported(const QList<Relay::RelayProfile> &profiles)
{
    for (const Relay::RelayProfile &profile : profiles) {
        if (isNameTaken(profile.name, profile.id)) {
            m_bar->showMessage(MessageBar::Kind::Error,
                tr("Nothing was imported: there is a profile “%1” already. Rename or delete it, "
                   "then import again.")
                    .arg(profile.name));
            return;
        }
    }
    auto *all = new QUndoCommand(tr("import profiles"));
    for (const Relay::RelayProfile &profile : profiles)
        new ProfileCommand(m_profiles, std::nullopt, profile, {}, ProfileCommand::State::ToDo, all);
    m_undo.push(all);
    m_bar->showMessage(MessageBar::Kind::Success,
        tr("%n profile(s) imported. Passwords are not in such files.", nullptr,
            static_cast<int>(profiles.size())));
    if (!profiles.isEmpty())
        select(profiles.first().id);
}

void RelaysPanel::tell(const Base::Error &error)
{
    m_bar->showMessage(MessageBar::Kind::Error, Explain::explain(error).withNextStep());
}

} // namespace Mailgauge::Relays
