// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/inbox.h"
#include "sandbox/sandboxservice.h"
#include "theme/theme.h"

#include <QCache>
#include <QHash>
#include <QUuid>
#include <QWidget>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace Mailgauge::Models {
class InboxModel;
}
namespace Mailgauge::Widgets {
class ElidedLabel;
class EmptyState;
class MessageBar;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Sandbox {

class InboxClearing;
class MessageView;

/// The built-in relay: where it listens, how it behaves (scenario), and what it accepted.
class SandboxPanel final : public QWidget {
    Q_OBJECT

public:
    /// `inbox` may be null: then only what arrives while the program runs is shown.
    SandboxPanel(SandboxService &service, InboxRepository *inbox, Theme::Theme &theme,
        QWidget *parent = nullptr);
    ~SandboxPanel() override;

    /// Plays a shipped scenario by its name, or one that was played before.
    void setScenario(const QString &name);

Q_SIGNALS:
    /// Open these octets in the composer.
    void messageOpenRequested(const QByteArray &bytes);
    void composeRequested();
    /// Once more: it could not be started.
    void startRequested();

private:
    void showAddress(const SandboxAddress &address);
    void showFailure(const Base::Error &error);
    void tell(const Base::Error &error, const QList<QAction *> &actions = {});
    void showScenario(const Scenario &scenario);
    void chooseScenarioFile();
    void applyScenario(const Base::Result<Scenario> &scenario);
    void loadInbox();
    void addMessage(const InboxMessage &message);
    void selectAgain();
    void showSelected();
    void saveSelected();
    void showBytes(const QUuid &id, const QByteArray &bytes);
    void clearInbox();
    void updateEmpty();
    void updateActions();
    [[nodiscard]] int selectedRow() const;

    SandboxService &m_service;
    InboxRepository *m_inbox;
    Models::InboxModel *m_model;
    QSortFilterProxyModel *m_proxy = nullptr;
    QLabel *m_address;
    QLabel *m_sessions;
    QComboBox *m_scenario;
    Widgets::ElidedLabel *m_description;
    QLineEdit *m_filter;
    QTableView *m_table;
    QStackedWidget *m_stack;
    Widgets::EmptyState *m_empty;
    Widgets::MessageBar *m_bar;
    MessageView *m_view;
    QAction *m_open;
    QAction *m_save;
    QAction *m_clear;
    QAction *m_compose; ///< Offered while nothing arrived.
    QAction *m_start; ///< Offered where it did not start.
    InboxClearing *m_clearing;
    QHash<QString, Scenario> m_own; ///< From files and sessions, by name: as long as we run.
    /// Of what arrived in this run: the store may not have it yet, or there is none.
    QCache<QUuid, QByteArray> m_bytes;
    QUuid m_shown;
    bool m_hasFailed = false;
};

} // namespace Mailgauge::Sandbox
