// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/report.h"
#include "diagnose/tlsinspection.h"
#include "theme/theme.h"

#include <QWidget>

class QAction;
class QComboBox;
class QLineEdit;
class QTableView;

namespace Mailgauge::Models {
class TlsSuitesModel;
}
namespace Mailgauge::Widgets {
class EmptyState;
}

namespace Mailgauge::Diagnose {

class ChainView;
class FactsView;
struct ChainLink;

/// What TLS was seen: per connection the chain drawn and its facts; per inspected address also the
/// versions and cipher suites that are accepted, whether sessions are taken up again, the OCSP
/// staple, timestamps of CT logs, CAA records and the TLSA records that fit.
class TlsView final : public QWidget {
    Q_OBJECT

public:
    explicit TlsView(Theme::Theme &theme, QWidget *parent = nullptr);

    /// `at`: when it was looked at; validity is judged by that.
    void setSeen(
        const QList<Cell> &cells, const QList<TlsInspection> &inspections, const QDateTime &at);
    /// Shows the first chain with this certificate; the subject as evidence has it.
    void showCertificate(const QString &subject);

Q_SIGNALS:
    /// The chain that is shown, as it was sent, in PEM; `host`: whose.
    void saveRequested(const QString &host, const QByteArray &pem);

private:
    struct Seen {
        QString title;
        QString host;
        QString owner; ///< Of TLSA records: "_25._tcp.mx.example.org."
        Tls::TlsFacts facts;
        QList<ChainLink> chain;
        QList<Tls::CertificateDetails> details; ///< Of the chain, where they are known.
        QList<NameCheck> names;
        std::optional<Tls::OcspStaple> staple;
        std::optional<QList<Tls::SignedTimestamp>> timestamps;
        QByteArrayList tlsa;
        std::optional<TlsInspection> inspection;
    };

    [[nodiscard]] static Seen fromCell(const Cell &cell);
    [[nodiscard]] static QList<Seen> fromInspection(const TlsInspection &inspection);
    [[nodiscard]] static QStringList tlsaLines(const Seen &seen);
    QWidget *makeSuites();
    void showSeen();
    void showCertificateFacts();
    void showSessionFacts(const Seen &seen);
    void showResumption(const TlsInspection &inspection);
    void copyTlsa();
    void saveChain();

    Theme::Theme &m_theme;
    QList<Seen> m_seen;
    QDateTime m_at;
    QComboBox *m_chooser;
    bool m_isChosen = false; ///< By the user; else an inspection comes first.
    ChainView *m_chain;
    FactsView *m_facts;
    Models::TlsSuitesModel *m_suitesModel;
    QLineEdit *m_filter;
    QTableView *m_suites;
    QWidget *m_suitesPane;
    QAction *m_copyTlsa;
    QAction *m_save;
    QWidget *m_content;
    Widgets::EmptyState *m_empty;
};

} // namespace Mailgauge::Diagnose
