// SPDX-License-Identifier: GPL-3.0-or-later
#include "webpreview/webpreview.h"

#include "webpreview/cidhandler.h"
#include "webpreview/remoteblocker.h"
#include "webpreview/webpage.h"

#include <QWebEngineProfile>
#include <QWebEngineView>

namespace Mailgauge::WebPreview {

WebPreview::WebPreview(Compose::PreviewObserver &observer, QWidget *parent)
    : m_observer(observer)
    , m_view(new QWebEngineView(parent))
    , m_profile(new QWebEngineProfile(this))
    , m_handler(new CidHandler(this))
{
    Q_ASSERT(m_profile->isOffTheRecord());
    m_profile->setHttpCacheType(QWebEngineProfile::NoCache);
    m_profile->setPersistentCookiesPolicy(QWebEngineProfile::NoPersistentCookies);
    m_profile->setSpellCheckEnabled(false);
    auto *blocker = new RemoteBlocker(this);
    m_profile->setUrlRequestInterceptor(blocker);
    m_profile->installUrlSchemeHandler("cid", m_handler);
    // The page goes before its profile does.
    auto *page = new WebPage(m_profile, m_view);
    m_view->setPage(page);
    m_view->setObjectName(QStringLiteral("webPreview"));
    m_view->setAccessibleName(tr("Preview of the message"));
    m_view->setContextMenuPolicy(Qt::NoContextMenu);
    m_view->setAcceptDrops(false);
    connect(blocker, &RemoteBlocker::blocked, this,
        [this](const QUrl &url) { m_observer.resourceBlocked(url); });
    connect(page, &WebPage::blocked, this,
        [this](const QUrl &url) { m_observer.resourceBlocked(url); });
    connect(page, &WebPage::linkClicked, this,
        [this](const QUrl &url) { m_observer.linkClicked(url); });
}

WebPreview::~WebPreview()
{
    delete m_view;
}

QWidget *WebPreview::widget()
{
    return m_view;
}

void WebPreview::setContent(const Compose::PreviewContent &content)
{
    m_handler->setContent(content);
    m_view->load(CidHandler::messageUrl());
    m_observer.limited({});
}

} // namespace Mailgauge::WebPreview
