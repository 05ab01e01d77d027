// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The store: one SQLite file (WAL, synchronous=FULL) that keeps sessions, messages, transcripts,
/// the ledger of outcomes, profiles, bounces and the sandbox's inbox.
///
/// Database::open() checks, migrates and recovers the file (opening.cpp, ledger.cpp), then hands
/// out one small class per aggregate. Each posts values to the one Writer thread, which commits
/// what waits in groups, or to the one Reader thread, and answers by future. Several processes may
/// have the same store open; what a process has claimed is its own for as long as it lives
/// (filelock.h).
#include "base/error.h"
#include "bounce/report.h"
#include "relay/profilerepository.h"
#include "sandbox/inbox.h"
#include "stats/sample.h"
#include "store/openreport.h"
#include "transcript/sessionlibrary.h"

#include <QString>

#include <memory>
#include <stop_token>

namespace Mailgauge::Store {

struct OpenOptions {
    enum class Access : quint8 {
        ReadWrite,
        ReadOnly, ///< Nothing is changed, checked deeply, migrated or recovered; writing is Denied.
    };
    Access access = Access::ReadWrite;
    /// Ends the waiting for another process, and what was begun at the next step: Cancelled.
    std::stop_token stop;
    TellStep tell;
};

class Database final {
public:
    /// Blocks while it checks the file (about a second per gigabyte, at most 256 MiB unless the
    /// last run ended badly) and while another process opens it.
    ///
    /// Error kinds: Denied (no permission, read-only) and Full: go on without a store and say so;
    /// Unsupported: made by a newer version, left as it is. A corrupt file is no error: see
    /// report().
    [[nodiscard]] static Base::Result<std::unique_ptr<Database>> open(
        const QString &path, OpenOptions options = {});
    /// Writes what waits, then closes: may take as long as the disk does.
    ~Database();
    Q_DISABLE_COPY_MOVE(Database)

    [[nodiscard]] const OpenReport &report() const { return m_report; }
    [[nodiscard]] const QString &path() const { return m_path; }

    [[nodiscard]] Transcript::SessionLibrary &sessions();
    [[nodiscard]] Relay::ProfileRepository &profiles();
    [[nodiscard]] Bounce::BounceRepository &bounces();
    [[nodiscard]] Sandbox::InboxRepository &inbox();
    [[nodiscard]] Stats::SampleSource &samples();

private:
    struct Parts;
    Database(QString path, OpenReport report, std::unique_ptr<Parts> parts);

    QString m_path;
    OpenReport m_report;
    std::unique_ptr<Parts> m_parts;
};

} // namespace Mailgauge::Store
