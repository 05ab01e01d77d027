// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sequencemodel.h"

#include "base/literals.h"
#include "models/outcometext.h"
#include "models/sequencetext.h"
#include "transcript/visible.h"

namespace Mailgauge::Models {

namespace {

using Arrow = Transcript::SequenceArrow;

/// The reply itself, for those who want to know.
QString wireText(const Arrow &arrow)
{
    if (!arrow.reply)
        return {};
    constexpr qsizetype most = 300;
    const QString text = QString::number(arrow.reply->code) + u' '
        + Transcript::visible(arrow.reply->text());
    return text.size() > most ? text.first(most) + u'…' : text;
}

} // namespace

void SequenceModel::setSequence(const QList<Arrow> &arrows, const Transcript::SessionRecord &record)
{
    if (arrows == m_arrows && record == m_record)
        return;
    beginResetModel();
    m_arrows = arrows;
    m_record = record;
    endResetModel();
}

int SequenceModel::rowOf(qint64 line) const
{
    // Rows are ordered by step, not by line: a pipelined group was sent before it was answered.
    int best = -1;
    for (int row = 0; row < m_arrows.size(); ++row) {
        const qint64 first = m_arrows.at(row).first;
        if (first <= line && (best < 0 || first > m_arrows.at(best).first))
            best = row;
    }
    return best;
}

int SequenceModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_arrows.size());
}

QVariant SequenceModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Arrow &arrow = m_arrows.at(index.row());
    const QString sentence = SequenceText::of(arrow, m_record);
    switch (role) {
    case Qt::DisplayRole:
        return sentence;
    case Qt::AccessibleTextRole: {
        QStringList parts {tr("Step %1: %2").arg(arrow.step).arg(sentence)};
        if (const QString tone = SequenceText::tone(arrow.tone); !tone.isEmpty())
            parts.append(tone);
        if (arrow.tls)
            parts.append(tr("encrypted"));
        return parts.join(u", "_s);
    }
    case Qt::ToolTipRole: {
        QString text = tr("%1 after the start").arg(OutcomeText::duration(arrow.us));
        if (const QString wire = wireText(arrow); !wire.isEmpty())
            text += u"<br>"_s + wire.toHtmlEscaped();
        return QString(u"<qt>%1<br>%2</qt>"_s).arg(sentence.toHtmlEscaped(), text);
    }
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
