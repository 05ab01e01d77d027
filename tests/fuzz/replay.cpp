// SPDX-License-Identifier: GPL-3.0-or-later
// Plays the seeds of every fuzz target, and what was found once, through its code: `fuzzseeds
// SOURCE`.
#include <QDir>
#include <QFile>

#include <cstdint>
#include <cstdio>

#define TARGET(name) extern "C" int fuzz_##name(const uint8_t *data, size_t size);
MAILGAUGE_FUZZ_TARGETS
#undef TARGET

namespace {

struct Target {
    const char *name;
    int (*play)(const uint8_t *data, size_t size);
};

#define TARGET(name) {#name, &fuzz_##name},
constexpr Target targets[] = {MAILGAUGE_FUZZ_TARGETS};
#undef TARGET

/// How many files were played; -1: one cannot be read.
qsizetype play(const Target &target, const QDir &folder, const QString &pattern)
{
    const QFileInfoList files = folder.entryInfoList({pattern}, QDir::Files, QDir::Name);
    for (const QFileInfo &info : files) {
        QFile file(info.filePath());
        if (!file.open(QIODevice::ReadOnly))
            return -1;
        const QByteArray bytes = file.readAll();
        // Told first: a broken promise ends the program.
        std::printf("%s: %s\n", target.name, qPrintable(info.fileName()));
        std::fflush(stdout);
        target.play(reinterpret_cast<const uint8_t *>(bytes.constData()),
            static_cast<size_t>(bytes.size()));
    }
    return files.size();
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2)
        return 64;
    const QString source = QString::fromLocal8Bit(argv[1]);
    const QDir found(source + QStringLiteral("/tests/data/fuzz-found"));
    qsizetype left = found.entryList(QDir::Files).size();
    for (const Target &target : targets) {
        const QString name = QString::fromLatin1(target.name);
        const QDir seeds(name == QStringLiteral("scenario")
                ? source + QStringLiteral("/resources/scenarios")
                : source + QStringLiteral("/tests/fuzz/seeds/") + name);
        const qsizetype replayed = play(target, found, name + QStringLiteral("-*"));
        left -= replayed;
        if (play(target, seeds, QStringLiteral("*")) < 1 || replayed < 0) {
            std::fprintf(stderr, "%s: no seeds in %s\n", target.name, qPrintable(seeds.path()));
            return 1;
        }
    }
    if (left != 0)
        std::fprintf(stderr, "%s: a file is named after no target\n", qPrintable(found.path()));
    return left == 0 ? 0 : 1;
}
