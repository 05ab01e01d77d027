// SPDX-License-Identifier: GPL-3.0-or-later
#include "linereader.h"

#include <cerrno>
#include <unistd.h>

namespace Mailgauge::Cli {

namespace {
constexpr qsizetype ReadSize = 256 * 1024;
}

LineReader::LineReader(int descriptor)
    : m_descriptor(descriptor)
    , m_notifier(descriptor, QSocketNotifier::Read)
{
    m_notifier.setEnabled(false);
    connect(&m_notifier, &QSocketNotifier::activated, this, &LineReader::read);
}

void LineReader::readNext()
{
    QMetaObject::invokeMethod(this, &LineReader::offer, Qt::QueuedConnection);
}

void LineReader::offer()
{
    QByteArray next;
    if (takeLine(&next)) {
        m_notifier.setEnabled(false);
        Q_EMIT line(next);
    } else if (m_atEnd) {
        m_notifier.setEnabled(false);
        Q_EMIT ended();
    } else {
        m_notifier.setEnabled(true);
    }
}

bool LineReader::takeLine(QByteArray *line)
{
    const qsizetype end = m_buffer.indexOf('\n', m_searched);
    if (end < 0 && !(m_atEnd && !m_buffer.isEmpty())) {
        m_searched = m_buffer.size();
        return false;
    }
    *line = end < 0 ? m_buffer : m_buffer.first(end);
    if (line->endsWith('\r'))
        line->chop(1);
    m_buffer.remove(0, end < 0 ? m_buffer.size() : end + 1);
    m_searched = 0;
    return true;
}

void LineReader::read()
{
    const qsizetype before = m_buffer.size();
    m_buffer.resize(before + ReadSize);
    const auto got = ::read(m_descriptor, m_buffer.data() + before, ReadSize);
    m_buffer.resize(before + qMax<qsizetype>(got, 0));
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0)
        m_atEnd = true;
    if (m_buffer.size() > MaxLine) {
        m_buffer.clear();
        m_atEnd = true;
    }
    offer();
}

} // namespace Mailgauge::Cli
