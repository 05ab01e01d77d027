// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/previewpane.h"

#include "base/literals.h"
#include "base/logging.h"
#include "compose/remotereferences.h"
#include "compose/simplepreview.h"
#include "widgets/messagebar.h"

#include <QAction>
#include <QCoreApplication>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPluginLoader>
#include <QToolButton>
#include <QVBoxLayout>

#include <unistd.h>

namespace Mailgauge::Compose {

namespace {
constexpr int PhoneWidth = 380;
constexpr std::chrono::milliseconds Delay {300};

// WebEngine's own sandbox refuses to work for root, and ends the program: not without the word of a
// test that knows what it does.
bool mayUseWebEngine()
{
#ifdef MAILGAUGE_SANITIZED
    return false;
#else
    return ::geteuid() != 0 || qEnvironmentVariableIntValue("QTWEBENGINE_DISABLE_SANDBOX") == 1;
#endif
}
} // namespace

PreviewPane::PreviewPane(QWidget *parent)
    : QWidget(parent)
    , m_engine(new QLabel(this))
    , m_phone(new QToolButton(this))
    , m_blockedBar(new Widgets::MessageBar(this))
    , m_linkBar(new Widgets::MessageBar(this))
    , m_list(new QListWidget(this))
    , m_room(new QWidget(this))
{
    m_delay.setSingleShot(true);
    m_delay.setInterval(Delay);
    connect(&m_delay, &QTimer::timeout, this, &PreviewPane::draw);

    m_engine->setForegroundRole(QPalette::PlaceholderText);
    m_engine->setWordWrap(true);
    m_phone->setText(tr("Phone width"));
    m_phone->setIcon(QIcon::fromTheme(u"smartphone"_s));
    m_phone->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_phone->setAutoRaise(true);
    m_phone->setCheckable(true);
    m_phone->setToolTip(tr("Show the message as wide as on a phone"));
    connect(m_phone, &QToolButton::toggled, this, &PreviewPane::setPhoneWidth);
    m_blockedBar->setDismissible(false);
    m_blockedBar->hide();
    m_linkBar->hide();
    m_list->hide();
    m_list->setAccessibleName(tr("Remote resources that were not loaded"));
    m_list->setMaximumHeight(120);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setLayoutDirection(Qt::LeftToRight);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 8, 4);
    bar->addWidget(m_engine, 1);
    bar->addWidget(m_phone);
    auto *room = new QHBoxLayout(m_room);
    room->setContentsMargins(0, 0, 0, 0);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_blockedBar);
    column->addWidget(m_list);
    column->addWidget(m_linkBar);
    column->addWidget(m_room, 1);
}

PreviewPane::~PreviewPane() = default;

void PreviewPane::setContent(const PreviewContent &content)
{
    if (content == m_content && !m_stale)
        return;
    m_content = content;
    m_stale = true;
    if (isVisible())
        m_delay.start();
}

void PreviewPane::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_stale)
        m_delay.start(std::chrono::milliseconds(0));
    m_delay.setInterval(Delay);
}

std::unique_ptr<PreviewWidget> PreviewPane::loadWebView()
{
    if (!mayUseWebEngine())
        return {};
    const QString path = QCoreApplication::applicationDirPath() + u'/'
        + QStringLiteral(MAILGAUGE_PLUGIN_DIR) + u"/libmailgauge_webpreview.so"_s;
    QPluginLoader loader(path);
    auto *factory = qobject_cast<PreviewFactory *>(loader.instance());
    if (factory == nullptr) {
        qCInfo(Base::logUi) << "no WebEngine preview:" << loader.errorString();
        return {};
    }
    return factory->create(*this, m_room);
}

void PreviewPane::ensureView()
{
    if (m_view)
        return;
    m_view = loadWebView();
    m_simplified = !m_view;
    if (m_simplified)
        m_view = std::make_unique<SimplePreview>(static_cast<PreviewObserver &>(*this), m_room);
    m_room->layout()->addWidget(m_view->widget());
    limited({});
}

void PreviewPane::draw()
{
    if (!isVisible())
        return;
    m_stale = false;
    ensureView();
    m_linkBar->hide();
    m_blocked = remoteReferences(m_content.html);
    m_view->setContent(m_content);
    showBlocked();
}

void PreviewPane::resourceBlocked(const QUrl &url)
{
    const QString address = url.toString();
    if (m_blocked.contains(address) || m_blocked.size() >= MaxReferences)
        return;
    m_blocked.append(address);
    showBlocked();
}

void PreviewPane::showBlocked()
{
    m_list->clear();
    m_list->addItems(m_blocked);
    if (m_blocked.isEmpty()) {
        m_blockedBar->hide();
        m_list->hide();
        return;
    }
    auto *show = new QAction(m_list->isHidden() ? tr("Show list") : tr("Hide list"), m_blockedBar);
    connect(show, &QAction::triggered, this, [this] {
        m_list->setVisible(m_list->isHidden());
        showBlocked();
    });
    m_blockedBar->showMessage(Widgets::MessageBar::Kind::Info,
        tr("Remote resources not loaded: %1. Recipients' programs often block them too.")
            .arg(m_blocked.size()),
        {show});
}

void PreviewPane::linkClicked(const QUrl &url)
{
    static const QStringList allowed {u"http"_s, u"https"_s, u"mailto"_s};
    // The encoded form shows what a look-alike or a direction mark would hide.
    const QString target = url.toString(QUrl::FullyEncoded);
    if (!allowed.contains(url.scheme())) {
        m_linkBar->showMessage(Widgets::MessageBar::Kind::Warning,
            tr("This link goes to %1. Mailgauge does not open such addresses.").arg(target));
        return;
    }
    auto *open = new QAction(tr("Open"), m_linkBar);
    connect(open, &QAction::triggered, this, [this, url] {
        QDesktopServices::openUrl(url);
        m_linkBar->hide();
    });
    m_linkBar->showMessage(
        Widgets::MessageBar::Kind::Info, tr("This link goes to %1").arg(target), {open});
}

void PreviewPane::limited(const QString &why)
{
    if (!why.isEmpty())
        m_engine->setText(why);
    else if (m_simplified)
        m_engine->setText(tr("Simplified preview: recipients may see it differently"));
    else
        m_engine->setText(tr("Nothing remote is loaded, no script runs"));
}

void PreviewPane::setPhoneWidth(bool on)
{
    ensureView();
    m_view->widget()->setMaximumWidth(on ? PhoneWidth : QWIDGETSIZE_MAX);
}

} // namespace Mailgauge::Compose
