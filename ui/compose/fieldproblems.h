// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

namespace Mailgauge::Compose {

/// What is wrong with a field of the composer, as a sentence that says what to do; empty where
/// nothing is. Pure.
class FieldProblems {
    Q_DECLARE_TR_FUNCTIONS(FieldProblems)

public:
    /// A list of addresses of header fields; empty is well.
    [[nodiscard]] static QString addresses(const QString &field);
    /// The same, and each must be one that MAIL or RCPT can carry.
    [[nodiscard]] static QString paths(const QString &field);
    [[nodiscard]] static QString from(const QString &field);
    [[nodiscard]] static QString subject(const QString &field);
};

} // namespace Mailgauge::Compose
