// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "samplesession.h"
#include "store/compression.h"
#include "store/entrycodec.h"

#include <QDataStream>
#include <QIODevice>
#include <QTest>

using namespace Mailgauge;
using Store::packEntries;
using Store::unpackEntries;
using Transcript::Entry;

namespace {

/// A chunk as it was before entries knew whether they are unexpected.
QByteArray firstForm(const QList<Entry> &entries)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_8);
    stream << quint8(1) << static_cast<quint32>(entries.size());
    for (const Entry &entry : entries) {
        stream << entry.n << entry.us
               << static_cast<quint8>(Transcript::directionName(entry.direction)[0])
               << Smtp::stageName(entry.stage).toByteArray() << entry.tls << entry.text
               << quint32(0) << false;
    }
    return Store::compress(bytes);
}

QList<Entry> sample()
{
    QList<Entry> entries = Test::sampleSession().entries;
    for (Entry &entry : entries) {
        entry.redactions.clear();
        entry.content.reset();
    }
    return entries;
}

} // namespace

class TestEntryCodec final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comesBack()
    {
        QList<Entry> entries = sample();
        entries[30].unexpected = true; // nobody waited for it
        const auto again = unpackEntries(packEntries(entries));
        QVERIFY(again);
        QCOMPARE(*again, entries);
    }

    void chunksOfTheFirstForm()
    {
        const QList<Entry> entries = sample();
        const auto again = unpackEntries(firstForm(entries));
        QVERIFY(again);
        QCOMPARE(*again, entries);
        QVERIFY(again->at(24).unexpected && !again->at(23).unexpected);
    }

    void chunksOfANewerForm()
    {
        QByteArray bytes;
        QDataStream stream(&bytes, QIODevice::WriteOnly);
        stream << quint8(3) << quint32(0);
        const auto read = unpackEntries(Store::compress(bytes));
        QVERIFY(!read);
        QCOMPARE(read.error().kind, Base::Error::Kind::Unsupported);
    }
};

QTEST_GUILESS_MAIN(TestEntryCodec)
#include "tst_entrycodec.moc"
