// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "services.h"
#include "workbench.h"

#include <QObject>
#include <QSize>
#include <QTimer>

namespace Mailgauge::Gui {

/// Plays the main job by itself: 40 recipients of 6 domains through the sandbox's scenario "demo",
/// bounces included, diagnoses that relay, and leaves a report, the transcript, the outcomes and a
/// picture of every panel. Shown by `./dev run` where there is no display.
class Demo final : public QObject {
    Q_OBJECT

public:
    Demo(Services &services, Workbench &workbench, const QString &directory, QSize pictureSize);

    void start();

Q_SIGNALS:
    /// `problem` is empty where everything was written.
    void finished(const QString &problem);

private:
    struct Shot {
        QString page;
        QString scheme;
    };

    void sendNext();
    void sessionEnded(const Transcript::SessionRecord &record);
    void bounceArrived();
    void exportAll();
    void exportTranscript();
    void exportOutcomes(const QList<Stats::Sample> &samples);
    void diagnose();
    void preparePictures();
    void nextPicture();
    void takePicture(const Shot &shot);
    void writeReport();
    void write(const QString &name, const QByteArray &bytes);
    void check(const Base::Result<void> &result, const QString &name);

    Services &m_services;
    Workbench &m_workbench;
    QString m_directory;
    QSize m_size;
    QList<QStringList> m_waiting; ///< Recipients per message still to be sent.
    QList<Transcript::SessionRecord> m_sessions;
    QHash<QUuid, QList<Transcript::Entry>> m_entries;
    int m_bounces = 0;
    QTimer m_patience; ///< Runs out when no bounce came for a while.
    QList<Shot> m_shots;
    QStringList m_files;
    QStringList m_problems;
    bool m_begun = false;
    bool m_exported = false;
};

} // namespace Mailgauge::Gui
