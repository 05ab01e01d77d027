// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/applyfiltermenu.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "transcript/filterexpression.h"
#include "transcript/recipientrows.h"
#include "transcript/visible.h"

#include <QAction>
#include <QIcon>

namespace Mailgauge::Transcript {

namespace {
constexpr int MaxWidth = 380;
} // namespace

ApplyFilterMenu::ApplyFilterMenu(Models::TranscriptModel &model, QWidget *parent)
    : QMenu(tr("Apply as Filter"), parent)
    , m_model(model)
{
    setObjectName(u"transcriptApplyFilterMenu"_s);
    setIcon(QIcon::fromTheme(u"view-filter"_s));
    connect(this, &QMenu::aboutToShow, this, &ApplyFilterMenu::fill);
}

void ApplyFilterMenu::fill()
{
    clear();
    if (m_row < 0 || m_row >= m_model.total())
        return;
    const Line &line = m_model.transcript().line(m_row);
    const QByteArrayView text = m_model.transcript().text(m_row);
    add(u"dir"_s, QString::fromLatin1(directionName(static_cast<Direction>(line.direction))));
    add(u"stage"_s, QString::fromLatin1(Smtp::stageName(static_cast<Smtp::Stage>(line.stage))));
    if (line.replyClass != 0)
        add(u"class"_s, QString::number(line.replyClass));
    if (line.unexpected)
        add(u"unexpected"_s, u"yes"_s);
    add(u"session"_s, QString::number(line.session + 1));
    if (static_cast<Smtp::Stage>(line.stage) == Smtp::Stage::Rcpt) {
        const QString path = visible(forwardPath(text));
        if (!path.isEmpty() && !path.contains(u' '))
            add(u"to"_s, path);
    }
    addSeparator();
    if (line.replyClass != 0)
        add({}, u"/^%1/"_s.arg(QString::fromLatin1(text.first(3))));
    // What hides itself could not be typed either.
    if (!text.isEmpty() && visible(text) == QString::fromUtf8(text))
        add({}, textTerm(QString::fromUtf8(text)));
}

void ApplyFilterMenu::add(const QString &field, const QString &value)
{
    const QString term = field.isEmpty() ? value : field + u':' + value;
    QString shown = fontMetrics().elidedText(visible(term.toUtf8()), Qt::ElideMiddle, MaxWidth);
    QAction *action = addAction(shown.replace(u'&', u"&&"_s));
    action->setObjectName(term);
    connect(action, &QAction::triggered, this,
        [this, field, value] { Q_EMIT valueChosen(field, value); });
}

} // namespace Mailgauge::Transcript
