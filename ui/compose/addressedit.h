// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

class QAbstractItemModel;
class QCompleter;

namespace Mailgauge::Compose {

/// A line of addresses, separated by commas; each is completed by itself from those used before.
class AddressEdit final : public QLineEdit {
    Q_OBJECT

public:
    explicit AddressEdit(QAbstractItemModel &addresses, QWidget *parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void offer();
    void take(const QString &completion);
    /// Where the item begins that the cursor is in.
    [[nodiscard]] qsizetype itemStart() const;

    QCompleter *m_completer;
    bool m_taking = false; ///< A completion is being put in: that asks for no other one.
};

} // namespace Mailgauge::Compose
