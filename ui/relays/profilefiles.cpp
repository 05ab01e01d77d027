// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/profilefiles.h"

#include "base/filejobs.h"
#include "base/literals.h"
#include "relay/profilejson.h"

#include <QFileDialog>

namespace Mailgauge::Relays {

namespace {

/// A file that somebody else made: read no more than a profile export can sensibly be.
constexpr qint64 LargestImport = 4 * 1024 * 1024;

} // namespace

ProfileFiles::ProfileFiles(QWidget *window)
    : QObject(window)
    , m_window(window)
{
}

void ProfileFiles::chooseImport()
{
    auto *dialog = new QFileDialog(
        m_window, tr("Import relay profiles"), QString(), tr("Relay profiles (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        Base::readFileLater(path, LargestImport)
            .then(this, [this](const Base::Result<QByteArray> &bytes) {
                const auto read = bytes.and_then(&Relay::importProfiles);
                if (read)
                    Q_EMIT imported(*read);
                else
                    Q_EMIT failed(read.error());
            });
    });
    dialog->open();
}

void ProfileFiles::chooseExport(const QList<Relay::RelayProfile> &profiles)
{
    auto *dialog = new QFileDialog(m_window, tr("Export relay profiles (without passwords)"),
        QString(), tr("Relay profiles (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"json"_s);
    dialog->selectFile(u"relays.json"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this, profiles](const QString &path) {
        Base::writeFileLater(path, Relay::exportProfiles(profiles))
            .then(this, [this, count = profiles.size()](const Base::Result<void> &written) {
                if (written)
                    Q_EMIT exported(static_cast<int>(count));
                else
                    Q_EMIT failed(written.error());
            });
    });
    dialog->open();
}

} // namespace Mailgauge::Relays
