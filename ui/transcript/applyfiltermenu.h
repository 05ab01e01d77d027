// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>

namespace Mailgauge::Models {
class TranscriptModel;
}

namespace Mailgauge::Transcript {

/// "Apply as Filter": what the line at hand offers to filter by. Filled when it opens.
class ApplyFilterMenu final : public QMenu {
    Q_OBJECT

public:
    ApplyFilterMenu(Models::TranscriptModel &model, QWidget *parent);

    /// A row of the transcript; -1: none.
    void setRow(qsizetype row) { m_row = row; }

Q_SIGNALS:
    void valueChosen(const QString &field, const QString &value);

private:
    void fill();
    void add(const QString &field, const QString &value);

    Models::TranscriptModel &m_model;
    qsizetype m_row = -1;
};

} // namespace Mailgauge::Transcript
