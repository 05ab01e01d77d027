// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/statusfacts.h"

#include "base/literals.h"
#include "widgets/elidedlabel.h"

#include <QIcon>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QStatusBar>
#include <QToolButton>

namespace Mailgauge::Shell {

namespace {
QLabel *makeFact(QStatusBar &bar, const QString &objectName, const QString &toolTip)
{
    auto *label = new QLabel(&bar);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    label->setToolTip(toolTip);
    label->setContentsMargins(8, 0, 8, 0);
    bar.addPermanentWidget(label);
    return label;
}
} // namespace

StatusFacts::StatusFacts(QStatusBar &bar)
    : QObject(&bar)
    , m_activity(new Widgets::ElidedLabel(&bar))
    , m_progress(new QProgressBar(&bar))
    , m_cancel(new QToolButton(&bar))
{
    m_activity->setObjectName(u"statusActivity"_s);
    m_activity->setContentsMargins(8, 0, 8, 0);
    m_activity->setText(tr("Ready"));
    m_progress->setFixedWidth(160);
    m_progress->setMaximumHeight(14);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of what is running"));
    m_progress->hide();
    m_cancel->setObjectName(u"statusCancel"_s);
    m_cancel->setIcon(QIcon::fromTheme(u"dialog-cancel"_s));
    m_cancel->setAutoRaise(true);
    m_cancel->setToolTip(tr("Cancel what is running"));
    m_cancel->setAccessibleName(tr("Cancel what is running"));
    m_cancel->hide();
    bar.addWidget(m_activity, 1);
    bar.addWidget(m_progress);
    bar.addWidget(m_cancel);
    m_relay = makeFact(bar, u"statusRelay"_s, tr("The relay that Send uses"));
    m_tls = makeFact(bar, u"statusTls"_s, tr("TLS of the last session"));
    m_sessions = makeFact(bar, u"statusSessions"_s, tr("Sessions running and of this run"));
    m_lines = makeFact(bar, u"statusLines"_s, tr("Transcript lines shown and in all"));
    connect(m_cancel, &QToolButton::clicked, this, &StatusFacts::cancelRequested);
    setRelay({}, {});
    setTls({});
    setSessions(0, 0);
    setLines(0, 0);
}

void StatusFacts::setRelay(const QString &name, const QString &toolTip)
{
    m_relay->setText(name.isEmpty() ? tr("No relay") : tr("Relay: %1").arg(name));
    m_relay->setToolTip(toolTip.toHtmlEscaped());
}

void StatusFacts::setTls(const QString &text)
{
    m_tls->setText(text.isEmpty() ? tr("TLS: –") : text);
}

void StatusFacts::setSessions(int running, int total)
{
    m_sessions->setText(running > 0 ? tr("Sessions: %1 running, %2 in all").arg(running).arg(total)
                                    : tr("Sessions: %1").arg(total));
}

void StatusFacts::setLines(qint64 shown, qint64 total)
{
    const QLocale locale;
    m_lines->setText(shown == total
            ? tr("Lines: %1").arg(locale.toString(total))
            : tr("Lines: %1 of %2").arg(locale.toString(shown), locale.toString(total)));
}

void StatusFacts::setActivity(const QString &text, qint64 done, qint64 total, bool cancellable)
{
    m_activity->setText(text);
    // A bar counts in int: per mille is enough for one that is 160 pixels wide.
    m_progress->setRange(0, total > 0 ? 1000 : 0);
    m_progress->setValue(total > 0 ? static_cast<int>(done * 1000 / total) : 0);
    m_progress->show();
    m_cancel->setVisible(cancellable);
}

void StatusFacts::clearActivity(const QString &lastWord)
{
    m_activity->setText(lastWord.isEmpty() ? tr("Ready") : lastWord);
    m_progress->hide();
    m_cancel->hide();
}

} // namespace Mailgauge::Shell
