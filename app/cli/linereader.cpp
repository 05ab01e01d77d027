// SPDX-License-Identifier: GPL-3.0-or-later
#include "linereader.h"

#include "base/literals.h"

#include <cerrno>
#include <unistd.h>

namespace Mailgauge::Cli {

namespace {
constexpr qsizetype ReadSize = 256 * 1024;
}

LineReader::LineReader(int descriptor, qsizetype maxLine)
    : m_descriptor(descriptor)
    , m_maxLine(maxLine)
    , m_notifier(descriptor, QSocketNotifier::Read)
{
    m_notifier.setEnabled(false);
    connect(&m_notifier, &QSocketNotifier::activated, this, &LineReader::read);
}

void LineReader::readNext()
{
    QMetaObject::invokeMethod(this, &LineReader::offer, Qt::QueuedConnection);
}

QString LineReader::place() const
{
    return u"standard input, line %1: "_s.arg(m_lines + 1);
}

void LineReader::refuseTooLong()
{
    const qsizetype end = m_buffer.indexOf('\n', m_searched);
    if ((end < 0 ? m_buffer.size() : end) <= m_maxLine)
        return;
    m_buffer.clear();
    m_atEnd = true;
    m_problem = badInput(
        place() + u"longer than %1 bytes; give the message as a file (\"data\")"_s.arg(m_maxLine))
                    .error();
}

void LineReader::offer()
{
    refuseTooLong();
    QByteArray next;
    if (takeLine(&next)) {
        m_notifier.setEnabled(false);
        ++m_lines;
        Q_EMIT line(next);
    } else if (m_atEnd) {
        m_notifier.setEnabled(false);
        Q_EMIT ended(m_problem);
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
    const int error = errno;
    m_buffer.resize(before + qMax<qsizetype>(got, 0));
    if (got < 0 && (error == EAGAIN || error == EINTR))
        return;
    if (got < 0) {
        // Half a line is no operation: what was read of it is not carried out.
        m_buffer.clear();
        m_problem = noInput(place() + qt_error_string(error)).error();
    }
    if (got <= 0)
        m_atEnd = true;
    offer();
}

} // namespace Mailgauge::Cli
