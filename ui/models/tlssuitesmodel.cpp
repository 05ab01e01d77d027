// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tlssuitesmodel.h"

#include "base/literals.h"
#include "models/diagnosistext.h"
#include "models/plaintip.h"
#include "models/roles.h"
#include "tls/ciphersuites.h"
#include "tls/tlscodes.h"
#include "transcript/entry.h"

#include <ranges>

namespace Mailgauge::Models {

namespace {

using Diagnose::Acceptance;
using Diagnose::ProbedVersion;

QString suiteName(quint16 code)
{
    return QString::fromLatin1(Tls::suiteName(code));
}

QString groupName(quint16 code)
{
    return QString::fromLatin1(Tls::groupName(code));
}

QString exchangeOf(const Diagnose::AcceptedSuite &suite)
{
    if (suite.dhBits > 0)
        return TlsSuitesModel::tr("DH of %1 bits").arg(suite.dhBits);
    return suite.group == 0 ? QString()
                            : TlsSuitesModel::tr("group %1").arg(groupName(suite.group));
}

void addSuites(QList<TlsOffer> &offers, const ProbedVersion &version)
{
    const QString name = DiagnosisText::tlsVersion(version.code);
    for (const Diagnose::AcceptedSuite &suite : version.accepted)
        offers.append({name, suiteName(suite.code), Acceptance::Accepted, exchangeOf(suite)});
    for (const quint16 suite : version.refused)
        offers.append({name, suiteName(suite), Acceptance::Refused,
            Transcript::visibleText(version.refusedBy)});
    for (const quint16 suite : version.notTested)
        offers.append({name, suiteName(suite), Acceptance::NotTested,
            Transcript::visibleText(version.notTestedWhy)});
}

void addGroups(QList<TlsOffer> &offers, const QList<Diagnose::ProbedGroup> &groups,
    const ProbedVersion &version)
{
    for (const Diagnose::ProbedGroup &group : groups)
        offers.append({DiagnosisText::tlsVersion(version.code),
            TlsSuitesModel::tr("group %1").arg(groupName(group.code)), group.judged.acceptance,
            Transcript::visibleText(group.judged.evidence)});
}

} // namespace

QList<TlsOffer> tlsOffers(const Diagnose::TlsInspection &inspection)
{
    QList<TlsOffer> offers;
    const ProbedVersion *newest = inspection.newestAccepted();
    // The newest first: what is spoken is seen before what has been refused for years.
    for (const ProbedVersion &version : inspection.versions | std::views::reverse) {
        QString why = Transcript::visibleText(version.judged.evidence);
        if (version.choice != Diagnose::SuiteChoice::Unknown)
            why += u", "_s + DiagnosisText::of(version.choice);
        offers.append(
            {DiagnosisText::tlsVersion(version.code), QString(), version.judged.acceptance, why});
        addSuites(offers, version);
        if (&version == newest)
            addGroups(offers, inspection.groups, version);
    }
    return offers;
}

TlsSuitesModel::TlsSuitesModel(QObject *parent)
    : RowsModel({tr("Version"), tr("Cipher suite or group"), tr("Taken"), tr("Evidence")}, parent)
{
}

QVariant TlsSuitesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const TlsOffer &offer = row(index);
    switch (role) {
    case Qt::DisplayRole:
    case SortRole:
        switch (static_cast<Column>(index.column())) {
        case Version:
            return offer.version;
        case What:
            return offer.what.isEmpty() ? tr("the version itself") : offer.what;
        case Accepted:
            return DiagnosisText::symbol(offer.acceptance) + u"  "_s
                + DiagnosisText::of(offer.acceptance);
        case Why:
            return offer.why;
        }
        return {};
    case Qt::ToolTipRole:
        return plainTip(index.column() == Why ? offer.why
                : index.column() == What      ? offer.what
                                              : QString());
    case MeaningRole:
        // Whether it is good that something is taken, the findings say.
        return index.column() == Accepted
            ? QVariant::fromValue(
                  offer.acceptance == Acceptance::Accepted ? Meaning::Plain : Meaning::Muted)
            : QVariant();
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
