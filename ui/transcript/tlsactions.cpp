// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/tlsactions.h"

#include "base/literals.h"
#include "tls/certificatefacts.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QToolButton>

namespace Mailgauge::Transcript {

TlsActions::TlsActions(QWidget *parent)
    : QWidget(parent)
    , m_save(makeButton(u"tlsSave"_s, tr("Save Certificates…"), u"document-save-as"_s))
    , m_copy(makeButton(u"tlsCopyKey"_s, tr("Copy Key"), u"edit-copy"_s))
    , m_pin(makeButton(u"tlsPinKey"_s, tr("Pin This Key"), u"security-high"_s))
{
    m_copy->setToolTip(tr("Copy the SHA-256 of the server's key as sha256:…"));
    // The dock is narrow: two lines.
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(12, 8, 12, 0);
    grid->setSpacing(4);
    grid->addWidget(m_save, 0, 0, 1, 3, Qt::AlignLeft);
    grid->addWidget(m_copy, 1, 0);
    grid->addWidget(m_pin, 1, 1);
    grid->setColumnStretch(2, 1);
    connect(m_save, &QToolButton::clicked, this, [this] { Q_EMIT saveRequested(m_facts); });
    connect(m_copy, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(u"sha256:"_s + QString::fromLatin1(key()));
    });
    connect(m_pin, &QToolButton::clicked, this, [this] { Q_EMIT pinRequested(m_profile, key()); });
}

QToolButton *TlsActions::makeButton(const QString &name, const QString &text, const QString &icon)
{
    auto *button = new QToolButton(this);
    button->setObjectName(name);
    button->setText(text);
    button->setAccessibleName(text);
    button->setIcon(QIcon::fromTheme(icon));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

QByteArray TlsActions::key() const
{
    return m_facts.chain.isEmpty() ? QByteArray() : m_facts.chain.first().keySha256;
}

void TlsActions::setSession(const SessionRecord &record)
{
    m_facts = record.tls.value_or(Tls::TlsFacts());
    m_profile = record.profile;
    const bool whole = Tls::canBeSaved(m_facts.chain);
    m_save->setEnabled(whole);
    m_save->setToolTip(whole ? tr("Save the chain as the server sent it (PEM)")
                             : tr("The certificates themselves are not part of this session"));
    m_copy->setEnabled(!key().isEmpty());
    m_pin->setEnabled(!key().isEmpty() && !m_profile.isNull());
    m_pin->setToolTip(m_profile.isNull()
            ? tr("This session went through no relay profile")
            : tr("Let the relay profile take no other key than this one"));
}

} // namespace Mailgauge::Transcript
