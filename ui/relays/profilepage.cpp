// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/profilepage.h"

#include "base/literals.h"
#include "relays/profileform.h"
#include "widgets/emptystate.h"
#include "widgets/formscroll.h"

#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace Mailgauge::Relays {

namespace {

enum Page : int {
    FormPage,
    BuiltinPage
};

QPushButton *button(const QString &icon, const QString &text, QWidget *parent)
{
    return new QPushButton(QIcon::fromTheme(icon), text, parent);
}

} // namespace

ProfilePage::ProfilePage(const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_form(new ProfileForm(theme, this))
    , m_pages(new QStackedWidget(this))
    , m_builtin(new Widgets::EmptyState(u"network-server"_s,
          tr("The sandbox is the built-in relay of this program: it needs no settings, and nothing "
             "that is sent to it leaves this machine. Add the relay that you want to send "
             "through."),
          this))
    , m_problem(new QLabel(this))
    , m_test(button(u"network-connect"_s, tr("Test this relay"), this))
    , m_keepSecrets(new QCheckBox(tr("Keep secrets"), this))
    , m_revert(button(u"edit-undo"_s, tr("Revert"), this))
    , m_save(button(u"document-save"_s, tr("Save"), this))
{
    m_pages->insertWidget(FormPage, Widgets::formScroll(m_form, this));
    m_pages->insertWidget(BuiltinPage, m_builtin);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setObjectName(u"profileProblem"_s);
    m_problem->setContentsMargins(16, 4, 16, 0);
    m_keepSecrets->setObjectName(u"keepSecrets"_s);
    m_keepSecrets->setAccessibleName(tr("Keep the secrets of the next test"));
    m_keepSecrets->setToolTip(tr("Keep the secrets of the next test: they stay in memory, can be "
                                 "shown in the details of their lines, and are never stored, "
                                 "exported or copied"));

    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(16, 4, 16, 8);
    buttons->setSpacing(12);
    buttons->addWidget(m_test);
    buttons->addWidget(m_keepSecrets);
    buttons->addStretch();
    buttons->addWidget(m_revert);
    buttons->addWidget(m_save);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_problem);
    layout->addLayout(buttons);
    setTabOrder({m_form, m_test, m_keepSecrets, m_revert, m_save});

    connect(m_save, &QPushButton::clicked, this, &ProfilePage::saveRequested);
    connect(m_revert, &QPushButton::clicked, this, &ProfilePage::revertRequested);
    connect(m_test, &QPushButton::clicked, this, &ProfilePage::testRequested);
}

void ProfilePage::setState(const State &state)
{
    m_pages->setCurrentIndex(state.own ? FormPage : BuiltinPage);
    m_problem->setText(state.problem);
    m_problem->setVisible(!state.problem.isEmpty());
    m_save->setVisible(state.own);
    m_revert->setVisible(state.own);
    m_save->setEnabled(state.typed && state.problem.isEmpty());
    m_revert->setEnabled(state.typed);
    m_revert->setText(state.isNew ? tr("Discard") : tr("Revert"));
    m_test->setEnabled(state.testable);
}

void ProfilePage::setAddAction(QAction *add)
{
    m_builtin->setAction(add);
}

bool ProfilePage::takeKeepSecrets()
{
    const bool keep = m_keepSecrets->isChecked();
    m_keepSecrets->setChecked(false);
    return keep;
}

} // namespace Mailgauge::Relays
