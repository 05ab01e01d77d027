// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "models/sequencemodel.h"
#include "transcript/sequencepainter.h"

#include <QWidget>

class QListView;
class QToolButton;

namespace Mailgauge::Transcript {

/// The conversation of a session as a diagram in plain words, an arrow per row of a list, so that
/// keyboard and screen reader have it too. Can be saved as a picture.
class SequenceView final : public QWidget {
    Q_OBJECT

public:
    SequenceView(const Theme::Theme &theme, QWidget *parent = nullptr);

    void setSequence(const QList<SequenceArrow> &arrows, const SessionRecord &record);
    /// Shows where a line of the transcript stands; lineChosen() stays silent.
    void showLine(qint64 line);
    [[nodiscard]] const Models::SequenceModel &model() const { return m_model; }
    [[nodiscard]] QListView &list() { return *m_list; }

    [[nodiscard]] QByteArray toPng() const;
    [[nodiscard]] QByteArray toSvg() const;
    /// The format follows the suffix: .svg, else PNG. Io or Full where the file cannot be written.
    [[nodiscard]] Base::Result<void> exportTo(const QString &path) const;

Q_SIGNALS:
    /// The user is at the line with this Entry::n.
    void lineChosen(qint64 line);
    void exported(const QString &path);
    void exportFailed(const Mailgauge::Base::Error &error);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void chooseExport(const QString &suffix, const QString &filter);
    void updateLook();

    Models::SequenceModel m_model;
    SequencePainter m_painter;
    QListView *m_list;
    QToolButton *m_save;
    QWidget *m_head;
    bool m_showing = false; ///< The selection follows the transcript, not the user.
};

} // namespace Mailgauge::Transcript
