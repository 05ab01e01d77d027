// SPDX-License-Identifier: GPL-3.0-or-later
#include "linereader.h"

#include "base/literals.h"

#include <QSignalSpy>
#include <QTest>

#include <array>
#include <fcntl.h>
#include <unistd.h>

using namespace Mailgauge;
using Cli::LineReader;
using Cli::Problem;

namespace {

/// A pipe that holds `bytes` and ends behind them.
class Input {
public:
    explicit Input(const QByteArray &bytes)
    {
        m_good = ::pipe(m_ends.data()) == 0
            && ::write(m_ends[1], bytes.constData(), size_t(bytes.size())) == bytes.size();
        ::close(m_ends[1]);
    }
    ~Input() { ::close(m_ends[0]); }
    Q_DISABLE_COPY_MOVE(Input)

    [[nodiscard]] int descriptor() const { return m_good ? m_ends[0] : -1; }

private:
    std::array<int, 2> m_ends {-1, -1};
    bool m_good = false;
};

struct Read {
    QList<QByteArray> lines;
    std::optional<Problem> problem;
    bool ended = false;
};

Read readAll(LineReader &reader)
{
    Read read;
    QObject::connect(&reader, &LineReader::line, &reader, [&](const QByteArray &line) {
        read.lines.append(line);
        reader.readNext();
    });
    QObject::connect(
        &reader, &LineReader::ended, &reader, [&](const std::optional<Problem> &problem) {
            read.problem = problem;
            read.ended = true;
        });
    reader.readNext();
    (void)Test::waitFor([&] { return read.ended; });
    return read;
}

} // namespace

class LineReaderTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lines_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QList<QByteArray>>("lines");
        QTest::newRow("none") << ""_ba << QList<QByteArray> {};
        QTest::newRow("LF and CRLF") << "a\nb\r\n"_ba << QList<QByteArray> {"a", "b"};
        QTest::newRow("the last has no end") << "a\n\nb"_ba << QList<QByteArray> {"a", "", "b"};
        QTest::newRow("as long as may be") << "12345678\n"_ba << QList<QByteArray> {"12345678"};
    }
    void lines()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QList<QByteArray>, lines);
        const Input input(bytes);
        LineReader reader(input.descriptor(), 9);
        const Read read = readAll(reader);
        QVERIFY(read.ended);
        QVERIFY(!read.problem);
        QCOMPARE(read.lines, lines);
    }

    void tooLongALineIsTold()
    {
        const Input input("ab\n"_ba + QByteArray(100, 'x'));
        LineReader reader(input.descriptor(), 10);
        const Read read = readAll(reader);
        QCOMPARE(read.lines, QList<QByteArray> {"ab"});
        QVERIFY(read.problem);
        QCOMPARE(read.problem->exitCode, Cli::Exit::Input);
        QVERIFY2(read.problem->detail.contains(u"longer than 10 bytes"_s),
            qPrintable(read.problem->detail));
    }

    void whatCannotBeReadIsTold()
    {
        // Reading a directory fails as a damaged medium would.
        const int directory = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        QVERIFY(directory >= 0);
        LineReader reader(directory);
        const Read read = readAll(reader);
        ::close(directory);
        QVERIFY(read.lines.isEmpty());
        QVERIFY(read.problem);
        QCOMPARE(read.problem->exitCode, Cli::Exit::NoInput);
        QVERIFY2(read.problem->detail.contains(u"line 1"_s), qPrintable(read.problem->detail));
    }
};

QTEST_GUILESS_MAIN(LineReaderTest)
#include "tst_linereader.moc"
