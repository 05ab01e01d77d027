// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/messagefile.h"

#include <QTimer>
#include <QWidget>

class QLabel;

namespace Mailgauge::Theme {
class Syntax;
class Theme;
} // namespace Mailgauge::Theme

namespace Mailgauge::Compose {

class SourceEditor;

/// The message as it will be sent, built in the background when the view is looked at: a moment
/// after the last change, and never twice at once.
class SourceView final : public QWidget {
    Q_OBJECT

public:
    static constexpr qint64 MaxShown = 256 * 1024;

    SourceView(const Theme::Theme &theme, Theme::Syntax &syntax, QWidget *parent = nullptr);

    /// `isTemplate`: tokens in it are still to be filled in.
    void setDraft(const Mime::MessageDraft &draft, bool isTemplate);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void build();
    void showResult(const Base::Result<MessageSource> &source);

    QTimer m_delay;
    Mime::MessageDraft m_draft;
    bool m_isTemplate = false;
    bool m_stale = true;
    bool m_building = false;
    QLabel *m_state;
    SourceEditor *m_text;
};

} // namespace Mailgauge::Compose
