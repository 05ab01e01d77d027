// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The preview of HTML mail, whoever draws it. Pure interfaces without a meta object: the one that
/// draws by WebEngine lives in a library of its own, loaded at the first preview, and shares only
/// this header with the program.
///
/// Whoever draws promises: nothing remote is ever asked for, no local file is opened but the inline
/// parts given, no script runs, no link is followed. What was refused is told to the observer.
#include <QHash>
#include <QObject>
#include <QString>
#include <QUrl>

#include <memory>

class QWidget;

namespace Mailgauge::Compose {

/// A file that the HTML may refer to by `cid:`.
struct InlinePart {
    QString path;
    QByteArray mimeType;

    bool operator==(const InlinePart &) const = default;
};

struct PreviewContent {
    QString html;
    QHash<QByteArray, InlinePart> parts; ///< By Content-ID, without brackets.

    bool operator==(const PreviewContent &) const = default;
};

/// Told in the GUI thread.
class PreviewObserver {
public:
    virtual void resourceBlocked(const QUrl &url) = 0;
    virtual void linkClicked(const QUrl &url) = 0;
    /// A sentence for people, where the content cannot be drawn as it is; empty where it can.
    virtual void limited(const QString &why) = 0;

protected:
    ~PreviewObserver() = default;
};

class PreviewWidget {
public:
    virtual ~PreviewWidget() = default;
    /// Owned by its parent, or by this object where that goes first.
    [[nodiscard]] virtual QWidget *widget() = 0;
    virtual void setContent(const PreviewContent &content) = 0;
};

/// What the library's root object is.
class PreviewFactory {
public:
    virtual ~PreviewFactory() = default;
    [[nodiscard]] virtual std::unique_ptr<PreviewWidget> create(
        PreviewObserver &observer, QWidget *parent)
        = 0;
};

} // namespace Mailgauge::Compose

#define MAILGAUGE_PREVIEW_IID "org.mailgauge.PreviewFactory/1"
Q_DECLARE_INTERFACE(Mailgauge::Compose::PreviewFactory, MAILGAUGE_PREVIEW_IID)
