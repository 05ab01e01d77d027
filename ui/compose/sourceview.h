// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/messagefile.h"

#include <QWidget>

class QLabel;

namespace Mailgauge::Theme {
class Syntax;
class Theme;
} // namespace Mailgauge::Theme

namespace Mailgauge::Compose {

class SourceEditor;

/// The message as it will be sent, built in the background when the view is looked at.
class SourceView final : public QWidget {
    Q_OBJECT

public:
    static constexpr qint64 MaxShown = 1 << 20;

    SourceView(const Theme::Theme &theme, Theme::Syntax &syntax, QWidget *parent = nullptr);

    void setDraft(const Mime::MessageDraft &draft);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void build();
    void showResult(const Base::Result<MessageSource> &source);

    Mime::MessageDraft m_draft;
    bool m_stale = true;
    quint64 m_generation = 0;
    QLabel *m_state;
    SourceEditor *m_text;
};

} // namespace Mailgauge::Compose
