// SPDX-License-Identifier: GPL-3.0-or-later
// E6: what is secret does not stay in memory that others get, nor in a core dump.
#include "base/coredump.h"
#include "base/literals.h"
#include "base/secret.h"

#include <QTest>

#include <string_view>
#include <sys/prctl.h>

#ifdef MAILGAUGE_SANITIZED
// GCC has them and no header for them.
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc)(const volatile void *, std::size_t), void (*free)(const volatile void *));
int __sanitizer_get_ownership(const volatile void *block);
std::size_t __sanitizer_get_allocated_size(const volatile void *block);
}
#endif

using namespace Mailgauge;
using Base::Secret;

namespace {

constexpr std::string_view canary = "c4n4ry-in-memory";
int leaks = 0; // blocks that were freed with the canary in them

#ifdef MAILGAUGE_SANITIZED
void freed(const volatile void *block)
{
    const void *const bytes = const_cast<const void *>(block);
    if (!__sanitizer_get_ownership(bytes))
        return;
    const std::string_view content(
        static_cast<const char *>(bytes), __sanitizer_get_allocated_size(bytes));
    if (content.contains(canary))
        ++leaks;
}
#endif

QByteArray fresh()
{
    return {canary.data(), static_cast<qsizetype>(canary.size())};
}

} // namespace

class TestSecret final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
#ifdef MAILGAUGE_SANITIZED
        QVERIFY(__sanitizer_install_malloc_and_free_hooks(
                    [](const volatile void *, std::size_t) {}, freed)
            != 0);
#else
        QSKIP("needs the sanitizer's hooks");
#endif
    }

    void wipedWhenTheLastCopyGoes()
    {
        leaks = 0;
        {
            const QByteArray plain = fresh();
        }
        QCOMPARE(leaks, 1); // it can be seen

        leaks = 0;
        {
            Secret secret(fresh());
            {
                const Secret copy = secret;
                QCOMPARE(copy.reveal(), fresh());
            }
            QCOMPARE(secret.reveal(), fresh()); // the copy left it alone
        }
        QCOMPARE(leaks, 2); // the two plain ones of this test
    }

    void wipedWhenItIsReplaced()
    {
        Secret secret(fresh());
        Secret other(fresh());
        leaks = 0;
        secret = Secret("another"_ba);
        other = secret;
        Secret third(fresh());
        Secret fourth = std::move(third);
        fourth = std::move(other);
        QCOMPARE(leaks, 0);
        QCOMPARE(fourth.reveal(), "another"_ba);
    }

    void noCoreDumpE6()
    {
        const int before = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
        QCOMPARE(before, 1);
        Base::keepMemoryPrivate();
        QCOMPARE(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
        prctl(PR_SET_DUMPABLE, before, 0, 0, 0);
    }
};

QTEST_GUILESS_MAIN(TestSecret)
#include "tst_secret.moc"
