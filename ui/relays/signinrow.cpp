// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/signinrow.h"

#include "base/literals.h"
#include "theme/theme.h"
#include "widgets/parts.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

namespace Mailgauge::Relays {

namespace {

using Phase = SignInState::Phase;

/// The time alone where it is today.
QString shown(const QDateTime &when)
{
    const QDateTime local = when.toLocalTime();
    const QLocale locale;
    return local.date() == QDate::currentDate()
        ? locale.toString(local.time(), QLocale::ShortFormat)
        : locale.toString(local, QLocale::ShortFormat);
}

} // namespace

SignInRow::SignInRow(const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_text(Widgets::plainLabel(this, u"signInState"_s))
    , m_problem(Widgets::plainLabel(this, u"signInProblem"_s))
    , m_signIn(new QPushButton(this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
    , m_copy(new QPushButton(tr("Copy the address"), this))
    , m_signOut(new QPushButton(tr("Sign out"), this))
{
    m_signIn->setObjectName(u"signIn"_s);
    m_cancel->setObjectName(u"cancelSignIn"_s);
    m_copy->setObjectName(u"copySignInPage"_s);
    m_signOut->setObjectName(u"signOut"_s);
    m_signOut->setToolTip(tr("Forgets what the provider granted. It is not told: to take the "
                             "permission back for good, use the provider's own page."));
    m_copy->setToolTip(tr("To open it in another browser on this machine"));
    auto *line = new QHBoxLayout;
    line->setSpacing(4);
    for (QWidget *button : buttons())
        line->addWidget(button);
    line->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(4);
    column->addWidget(m_text);
    column->addWidget(m_problem);
    column->addLayout(line);
    connect(m_signIn, &QPushButton::clicked, this, &SignInRow::signInRequested);
    connect(m_cancel, &QPushButton::clicked, this, &SignInRow::cancelRequested);
    connect(m_signOut, &QPushButton::clicked, this, &SignInRow::signOutRequested);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_state.page.toString(QUrl::FullyEncoded));
    });
    connect(&m_theme, &Theme::Theme::changed, this, &SignInRow::updateColors);
    updateColors();
    showState();
}

QList<QWidget *> SignInRow::buttons() const
{
    return {m_signIn, m_signOut, m_cancel, m_copy};
}

void SignInRow::setState(const SignInState &state)
{
    m_state = state;
    showState();
}

void SignInRow::setUser(const QString &user)
{
    m_user = user;
    showState();
}

void SignInRow::setSaves(bool saves)
{
    m_saves = saves;
    showState();
}

void SignInRow::setPossible(bool possible)
{
    m_possible = possible;
    showState();
}

QString SignInRow::signedInSentence() const
{
    const QString until = m_state.expires.isValid() ? shown(m_state.expires) : QString();
    if (m_state.renews && !until.isEmpty())
        return m_user.isEmpty()
            ? tr("Signed in. The token lasts until %1 and is renewed by itself.").arg(until)
            : tr("Signed in for %1. The token lasts until %2 and is renewed by itself.")
                  .arg(m_user, until);
    if (!m_state.renews && !until.isEmpty())
        return m_user.isEmpty()
            ? tr("Signed in until %1. The provider gave nothing to renew it with.").arg(until)
            : tr("Signed in for %1 until %2. The provider gave nothing to renew it with.")
                  .arg(m_user, until);
    return m_user.isEmpty() ? tr("Signed in.") : tr("Signed in for %1.").arg(m_user);
}

QString SignInRow::sentence() const
{
    switch (m_state.phase) {
    case Phase::Unknown:
        return tr("Looking up what is kept …");
    case Phase::SignedOut:
        return tr("Not signed in.");
    case Phase::Waiting:
        return m_state.browserOpened || m_state.page.isEmpty()
            ? tr("Signing in: go on in the browser.")
            : tr("No browser could be opened. Copy the address and open it on this machine.");
    case Phase::SignedIn:
        return signedInSentence();
    }
    Q_UNREACHABLE_RETURN({});
}

void SignInRow::showState()
{
    const bool waits = m_state.phase == Phase::Waiting;
    const bool signedIn = m_state.phase == Phase::SignedIn;
    m_text->setText(sentence());
    m_problem->setText(m_state.problem);
    m_problem->setVisible(!m_state.problem.isEmpty());
    m_signIn->setText(m_saves ? tr("Save and sign in…")
            : signedIn        ? tr("Sign in again…")
                              : tr("Sign in…"));
    m_signIn->setVisible(!waits);
    m_signIn->setEnabled(m_possible);
    m_signOut->setVisible(signedIn);
    m_cancel->setVisible(waits);
    m_copy->setVisible(waits && !m_state.page.isEmpty());
}

void SignInRow::updateColors()
{
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, m_theme.color(Theme::Role::Rejected));
    m_problem->setPalette(colors);
}

} // namespace Mailgauge::Relays
