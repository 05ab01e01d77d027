// SPDX-License-Identifier: GPL-3.0-or-later
#include "librarykeeper.h"

#include "base/literals.h"
#include "sessions/keepdialog.h"
#include "shell/settings.h"

#include <QLocale>

#include <algorithm>

using namespace std::chrono_literals;

namespace Mailgauge::Gui {

namespace {

using Transcript::KeepRules;

constexpr qint64 Megabyte = 1024 * 1024;
constexpr int MostCounted = 1000;

int numberIn(const Shell::Settings &settings, const QString &key, int fallback, int most)
{
    bool isNumber = false;
    const int number = settings.value(key, fallback).toInt(&isNumber);
    // What is no number, or out of bounds, was not written by us: nothing is removed for it.
    return isNumber && number >= 0 && number <= most ? number : fallback;
}

} // namespace

LibraryKeeper::LibraryKeeper(Transcript::SessionLibrary &library, Shell::Settings &settings)
    : m_library(library)
    , m_settings(settings)
{
    m_daily.setTimerType(Qt::VeryCoarseTimer);
    m_daily.setInterval(24h);
    connect(&m_daily, &QTimer::timeout, this, &LibraryKeeper::sweep);
}

KeepRules LibraryKeeper::rules() const
{
    const KeepRules defaults;
    return {.days = numberIn(m_settings, u"sessions/keepDays"_s, defaults.days, 36'500),
        .bytes = numberIn(m_settings, u"sessions/keepMegabytes"_s, 0, 10'000'000) * Megabyte,
        .marked = m_settings.value(u"sessions/removeMarked"_s, defaults.marked).toBool(),
        .binDays = std::max(
            1, numberIn(m_settings, u"sessions/binDays"_s, defaults.binDays, 3650))};
}

void LibraryKeeper::setRules(const KeepRules &rules)
{
    m_settings.setValue(u"sessions/keepDays"_s, rules.days);
    m_settings.setValue(u"sessions/keepMegabytes"_s, rules.bytes / Megabyte);
    m_settings.setValue(u"sessions/removeMarked"_s, rules.marked);
    m_settings.setValue(u"sessions/binDays"_s, rules.binDays);
    Q_EMIT rulesChanged();
}

void LibraryKeeper::editRules(QWidget *parent)
{
    auto *dialog = new Sessions::KeepDialog(rules(), parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &Sessions::KeepDialog::asked, this,
        [this, dialog](const KeepRules &wanted) { count(dialog, wanted); });
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        setRules(dialog->rules());
        sweep();
    });
    dialog->open();
}

// What the size takes is known only when it is done; what the age takes, before.
void LibraryKeeper::count(Sessions::KeepDialog *dialog, const KeepRules &rules)
{
    using Transcript::SessionTerm;
    if (rules.days == 0)
        return;
    m_library
        .list({.terms = {{.field = SessionTerm::Field::Before,
                   .time = QDateTime::currentDateTimeUtc().addDays(-rules.days)}},
            .limit = MostCounted})
        .then(dialog, [dialog, rules](const Base::Result<QList<Transcript::SessionRecord>> &old) {
            if (!old)
                return;
            const auto count = std::ranges::count_if(
                *old, [&rules](const Transcript::SessionRecord &one) {
                    return rules.marked
                        || (one.tags.isEmpty() && one.note.isEmpty() && one.marks.isEmpty());
                });
            dialog->setConcerned(rules, static_cast<int>(count), old->size() == MostCounted);
        });
}

void LibraryKeeper::start()
{
    m_daily.start();
    sweep();
}

void LibraryKeeper::sweep()
{
    const KeepRules now = rules();
    m_library.sweep(now, QDateTime::currentDateTimeUtc())
        .then(this, [this, now](const Base::Result<Transcript::SweepReport> &report) {
            if (report)
                tell(now, *report);
            else
                Q_EMIT failed(report.error());
        });
}

void LibraryKeeper::tell(const KeepRules &rules, const Transcript::SweepReport &report)
{
    const QLocale locale;
    QStringList removedParts;
    if (report.tooOld > 0)
        removedParts << tr("%n session(s) older than %1", nullptr, report.tooOld)
                            .arg(tr("%n day(s)", nullptr, rules.days));
    if (report.tooMuch > 0)
        removedParts << tr("%n of the oldest session(s), because the store used more than %1",
            nullptr, report.tooMuch)
                            .arg(locale.formattedDataSize(rules.bytes));
    if (report.fromBin > 0)
        removedParts << tr(
            "%n deleted session(s) whose time in the bin was over", nullptr, report.fromBin);
    if (report.binTooMuch > 0)
        removedParts << tr("%n deleted session(s) before their time in the bin was over, because "
                           "the store used more than %1",
            nullptr, report.binTooMuch)
                            .arg(locale.formattedDataSize(rules.bytes));
    if (removedParts.isEmpty())
        return;
    QString sentence = tr("Removed for good: %1. %2 are free again.")
                           .arg(removedParts.join(u"; "_s),
                               locale.formattedDataSize(
                                   std::max<qint64>(0, report.bytesBefore - report.bytesAfter)));
    if (rules.bytes > 0 && report.bytesAfter > rules.bytes)
        sentence += u' '
            + tr("The store still uses %1: what is left is tagged, noted or marked, runs, has an "
                 "uncertain outcome, or is no session.")
                  .arg(locale.formattedDataSize(report.bytesAfter));
    Q_EMIT removed(sentence);
}

} // namespace Mailgauge::Gui
