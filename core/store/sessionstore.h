// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/reader.h"
#include "store/writer.h"
#include "transcript/sessionlibrary.h"

namespace Mailgauge::Store {

/// Sessions with their transcripts, messages and ledger rows. A session that is still running lists
/// as it began; a record that became unreadable lists with what its columns tell and a failure of
/// kind Corrupt.
class SessionStore final : public Transcript::SessionLibrary {
public:
    SessionStore(Writer &writer, Reader &reader, qint64 owner);

    QFuture<Base::Result<void>> begin(
        Transcript::SessionRecord record, Base::Content content) override;
    QFuture<Base::Result<void>> claim(QUuid session, QList<Smtp::Mailbox> recipients) override;
    QFuture<Base::Result<void>> commit(QUuid session, QList<QByteArray> recipients) override;
    QFuture<Base::Result<void>> append(QUuid session, QList<Transcript::Entry> entries) override;
    QFuture<Base::Result<void>> finish(Transcript::SessionRecord record) override;
    QFuture<Base::Result<void>> setMarks(
        QUuid session, QMap<qint64, Transcript::LineMark> marks) override;

    QFuture<Base::Result<QList<Transcript::SessionRecord>>> list(
        Transcript::SessionQuery query) override;
    QFuture<Base::Result<Transcript::SessionRecord>> record(QUuid session) override;
    QFuture<Base::Result<QList<Transcript::Entry>>> entries(QUuid session) override;
    QFuture<Base::Result<QByteArray>> message(QUuid message) override;
    QFuture<Base::Result<void>> add(Transcript::SessionRecord record,
        QList<Transcript::Entry> entries, std::optional<QByteArray> message) override;

    QFuture<Base::Result<Transcript::EntryPage>> entryPage(
        QUuid session, qint64 from, int count) override;
    QFuture<Base::Result<void>> setTags(QUuid session, QStringList tags) override;
    QFuture<Base::Result<void>> setNote(QUuid session, QString note) override;
    QFuture<Base::Result<QStringList>> tags() override;
    QFuture<Base::Result<QList<QUuid>>> trash(QList<QUuid> sessions, QDateTime now) override;
    QFuture<Base::Result<QList<QUuid>>> restore(QList<QUuid> sessions) override;
    /// With a session goes its message, where no other session has it.
    QFuture<Base::Result<Transcript::SweepReport>> sweep(
        Transcript::KeepRules rules, QDateTime now) override;

private:
    Writer &m_writer;
    Reader &m_reader;
    qint64 m_owner;
};

} // namespace Mailgauge::Store
