// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/relayspanel.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "relays/profileedits.h"
#include "relays/profilefiles.h"
#include "relays/profileform.h"
#include "relays/profilelist.h"
#include "relays/profilepage.h"
#include "relays/providerdialog.h"
#include "relays/relaysignin.h"
#include "relays/relaytester.h"
#include "relays/testresultview.h"
#include "widgets/messagebar.h"

#include <QAction>
#include <QSplitter>
#include <QTabBar>
#include <QToolBar>
#include <QVBoxLayout>

namespace Mailgauge::Relays {

namespace {

using Widgets::MessageBar;

/// From here on list, form and test fit beside each other.
constexpr int Roomy = 720;

} // namespace

RelaysPanel::RelaysPanel(Relay::ProfileService &profiles, Delivery::RelayTestService &tests,
    Delivery::OAuthService &signIns, Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_profiles(profiles)
    , m_edits(new ProfileEdits(profiles, this))
    , m_tester(new RelayTester(profiles, tests, this))
    , m_files(new ProfileFiles(this))
    , m_list(new ProfileList(this))
    , m_page(new ProfilePage(theme, this))
    , m_form(&m_page->form())
    , m_signIn(new RelaySignIn(profiles, *m_edits, signIns, m_form->signIn(), this))
    , m_views(new QTabBar(this))
    , m_result(new TestResultView(theme, this))
    , m_bar(new MessageBar(this))
{
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
    splitter->addWidget(m_page);
    splitter->addWidget(m_result);
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 3);
    splitter->setStretchFactor(2, 2);
    splitter->setSizes({150, 420, 400});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(makeTools());
    layout->addWidget(m_bar);
    layout->addWidget(m_views);
    layout->addWidget(splitter, 1);

    using Service = Relay::ProfileService;
    connect(&m_profiles, &Service::profilesChanged, this, &RelaysPanel::showProfiles);
    connect(m_edits, &ProfileEdits::changed, this, &RelaysPanel::showProfiles);
    connect(m_edits, &ProfileEdits::failed, this, &RelaysPanel::tell);
    connect(&m_profiles, &Service::credentialBackendChanged, this,
        [this] { m_form->setBackend(m_profiles.credentialBackend()); });
    connect(m_list, &ProfileList::selectedChanged, this, &RelaysPanel::showSelected);
    connect(m_form, &ProfileForm::edited, this, &RelaysPanel::keepTyped);
    connect(m_page, &ProfilePage::saveRequested, this, &RelaysPanel::save);
    connect(m_page, &ProfilePage::revertRequested, this, &RelaysPanel::revert);
    connect(m_page, &ProfilePage::testRequested, this, &RelaysPanel::test);
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
    QAction *add = tools->addAction(
        QIcon::fromTheme(u"list-add"_s), tr("New profile"), this, &RelaysPanel::addProfile);
    QAction *provider = tools->addAction(QIcon::fromTheme(u"network-server"_s),
        tr("From provider…"), this, &RelaysPanel::addFromProvider);
    provider->setObjectName(u"addFromProvider"_s);
    provider->setToolTip(tr("New profile from a provider"));
    m_duplicate = tools->addAction(
        QIcon::fromTheme(u"edit-copy"_s), tr("Duplicate"), this, &RelaysPanel::duplicateProfile);
    m_remove = tools->addAction(
        QIcon::fromTheme(u"edit-delete"_s), tr("Delete"), this, &RelaysPanel::removeProfile);
    m_diagnose = tools->addAction(QIcon::fromTheme(u"network-connect"_s), tr("Diagnose…"), this,
        [this] { Q_EMIT diagnoseRequested(m_shown); });
    m_diagnose->setObjectName(u"diagnoseRelay"_s);
    m_diagnose->setToolTip(tr("Try the ports of this relay and check how it behaves"));
    tools->addSeparator();
    tools->addAction(QIcon::fromTheme(u"document-import"_s), tr("Import…"), m_files,
        &ProfileFiles::chooseImport);
    m_export = tools->addAction(QIcon::fromTheme(u"document-export"_s), tr("Export…"), this,
        [this] { m_files->chooseExport(m_edits->own()); });
    tools->addSeparator();
    QAction *undo = m_edits->undoStack().createUndoAction(this, tr("Undo"));
    undo->setIcon(QIcon::fromTheme(u"edit-undo"_s));
    tools->addAction(undo);
    m_page->setAddAction(add);
    return tools;
}

QUndoStack &RelaysPanel::undoStack()
{
    return m_edits->undoStack();
}

void RelaysPanel::select(const QUuid &profile)
{
    m_list->select(profile);
}

int RelaysPanel::unsaved() const
{
    return static_cast<int>(m_edits->drafts().profiles().size());
}

void RelaysPanel::showProfiles()
{
    m_list->setProfiles(m_edits->all(), m_edits->drafts().profiles());
    showSelected();
}

void RelaysPanel::showSelected()
{
    m_shown = m_list->selected();
    showTyped();
    m_signIn->show(m_shown);
    showTest();
}

// What is typed is put over what is saved; a change of the saved one meanwhile loses none of it.
void RelaysPanel::showTyped()
{
    const auto profile = m_edits->profile(m_shown);
    if (!profile)
        return;
    const auto draft = m_edits->drafts().of(m_shown);
    if (draft && (draft->isNew || m_form->savedProfile() == *profile)
        && m_form->profile() == draft->profile && m_form->secrets() == draft->secrets
        && m_form->unread() == draft->unread)
        return;
    m_form->setProfile(*profile);
    if (draft)
        m_form->setTyped(draft->profile, draft->secrets, draft->unread);
}

void RelaysPanel::keepTyped()
{
    const auto draft = m_edits->drafts().of(m_shown);
    const bool isNew = draft && draft->isNew;
    const auto saved = m_profiles.profile(m_shown);
    if (!isNew && (!saved || saved->builtin))
        return;
    if (isNew || m_form->isModified())
        m_edits->drafts().put({m_form->profile(), m_form->secrets(), isNew, m_form->unread(),
            m_form->savedProfile()});
    else
        m_edits->drafts().drop(m_shown);
    if (draft.has_value() != m_edits->drafts().contains(m_shown) || isNew)
        m_list->setProfiles(m_edits->all(), m_edits->drafts().profiles());
    updateActions();
}

QString RelaysPanel::problem() const
{
    const Relay::RelayProfile typed = m_form->profile();
    if (m_edits->isNameTaken(typed.name, typed.id))
        return tr("Another profile is called “%1”: give this one another name.").arg(typed.name);
    return m_form->problem();
}

void RelaysPanel::updateActions()
{
    const auto profile = m_edits->profile(m_shown);
    const bool own = profile && !profile->builtin;
    const auto draft = m_edits->drafts().of(m_shown);
    const QString wrong = own ? problem() : QString();
    m_page->setState({.own = own,
        .typed = draft.has_value(),
        .isNew = draft && draft->isNew,
        .testable = profile && wrong.isEmpty() && !m_tester->isRunning(),
        .problem = wrong});
    m_signIn->setPossible(own && wrong.isEmpty());
    m_duplicate->setEnabled(profile.has_value());
    m_remove->setEnabled(own);
    m_diagnose->setEnabled(m_profiles.profile(m_shown).has_value()); // What is only typed is not.
    m_export->setEnabled(!m_edits->own().isEmpty());
}

void RelaysPanel::addProfile()
{
    Relay::RelayProfile profile;
    profile.name = tr("New relay");
    addAs(profile);
}

void RelaysPanel::addAs(const Relay::RelayProfile &profile)
{
    select(m_edits->add(profile));
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
    auto profile = m_edits->profile(m_shown);
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
    const auto profile = m_edits->profile(m_shown);
    if (!profile || profile->builtin)
        return;
    const auto draft = m_edits->drafts().of(m_shown);
    const bool isNew = draft && draft->isNew;
    m_edits->remove(m_shown);
    offerUndo(tr("Profile “%1” deleted.").arg(profile->name), [this, draft, isNew, profile] {
        if (!isNew)
            m_edits->undoStack().undo();
        if (draft)
            m_edits->bringBack(*draft);
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
    connect(
        &m_edits->undoStack(), &QUndoStack::indexChanged, action, [bar = m_bar] { bar->hide(); });
    m_bar->showMessage(MessageBar::Kind::Info, what, {action});
}

void RelaysPanel::save()
{
    if (problem().isEmpty())
        m_edits->save(m_shown);
}

void RelaysPanel::revert()
{
    const auto draft = m_edits->drafts().of(m_shown);
    if (!draft)
        return;
    m_edits->drafts().drop(m_shown);
    showProfiles();
    offerUndo(draft->isNew ? tr("“%1” discarded.").arg(draft->profile.name)
                           : tr("Changes to “%1” discarded.").arg(draft->profile.name),
        [this, draft] {
            m_edits->bringBack(*draft);
            showProfiles();
            select(draft->profile.id);
        });
}

void RelaysPanel::test()
{
    const auto stored = m_edits->profile(m_shown);
    if (!stored)
        return;
    m_views->setCurrentIndex(1);
    using Secrets = RelayTester::Secrets;
    const Secrets secrets = m_page->takeKeepSecrets() ? Secrets::KeepInMemory : Secrets::CutOut;
    if (stored->builtin)
        m_tester->test(*stored, {}, secrets);
    else
        m_tester->test(m_form->profile(), m_form->secrets(), secrets);
}

void RelaysPanel::showTest()
{
    m_tester->show(m_edits->profile(m_shown), *m_result);
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
    m_page->setVisible(!narrow || m_views->currentIndex() == 0);
    m_result->setVisible(!narrow || m_views->currentIndex() == 1);
}

void RelaysPanel::takeImported(const QList<Relay::RelayProfile> &profiles)
{
    if (const QString taken = m_edits->addSaved(profiles); !taken.isEmpty()) {
        m_bar->showMessage(MessageBar::Kind::Error,
            tr("Nothing was imported: there is a profile “%1” already. Rename or delete it, "
               "then import again.")
                .arg(taken));
        return;
    }
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
