// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/testcontent.h"

#include <QByteArrayList>

namespace Mailgauge::Mime {

QByteArray testContent(TestContent kind)
{
    return kind == TestContent::Eicar ? QByteArrayList {R"(X5O!P%@AP[4\PZX54(P^)7CC)7})",
                                            "$EICAR-STANDARD", "-ANTIVIRUS-TEST", "-FILE!$H+H*"}
                                            .join()
                                      : QByteArrayList {"XJS*C4JDBQADN1.NSBN3*2IDNEN",
                                            "*GTUBE-STANDARD", "-ANTI-UBE-TEST", "-EMAIL*C.34X"}
                                            .join();
}

std::optional<TestContent> testContentFromName(QByteArrayView name)
{
    if (name == "eicar")
        return TestContent::Eicar;
    if (name == "gtube")
        return TestContent::Gtube;
    return std::nullopt;
}

} // namespace Mailgauge::Mime
