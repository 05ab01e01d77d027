// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

namespace Mailgauge::Base {

/// The one place that knows where files go: the XDG directories, or one directory for everything
/// (`--data-dir`), which is also what tests use.
class Paths final {
public:
    /// Empty `dataDir`: XDG's, from the environment. A relative `dataDir` is made absolute.
    [[nodiscard]] static Paths standard(const QString &dataDir = {});

    [[nodiscard]] const QString &dataDir() const { return m_data; }
    [[nodiscard]] const QString &cacheDir() const { return m_cache; }

    [[nodiscard]] QString storeFile() const;
    [[nodiscard]] QString vaultFile() const;
    [[nodiscard]] QString bounceKeyFile() const;
    [[nodiscard]] QString mtaStsDir() const; ///< Policies of other domains, while they are valid.
    [[nodiscard]] QString draftsDir() const;
    [[nodiscard]] QString attachmentsDir() const; ///< Parts of messages that are composed anew.
    [[nodiscard]] QString reportsDir() const; ///< Of relays that were diagnosed.
    [[nodiscard]] QString settingsFile() const; ///< INI with a version key.

    /// Makes the directories (mode 0700) and tries to write into them. Denied (no home, read-only,
    /// no permission) or Full: say that nothing will be saved, and go on without (faults H6).
    [[nodiscard]] Result<void> prepare() const;

private:
    QString m_data;
    QString m_config;
    QString m_cache;
    bool m_homeless = false;
};

/// A path, or text with paths in it, where the user's home directory is "~": what leaves this
/// machine does not name its user.
[[nodiscard]] QString withoutHome(const QString &text);

} // namespace Mailgauge::Base
