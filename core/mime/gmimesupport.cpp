// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/gmimesupport.h"

#include <mutex>

namespace Mailgauge::Mime {

void initializeGMime()
{
    // GMime counts its users without a lock.
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

ParserOptions makeParserOptions()
{
    ParserOptions options(g_mime_parser_options_new());
    const char *charsets[] = {"utf-8", "windows-1252", nullptr};
    g_mime_parser_options_set_fallback_charsets(options.get(), charsets);
    return options;
}

QByteArray bytesOf(GMimeStream *memoryStream)
{
    const GByteArray *array = g_mime_stream_mem_get_byte_array(
        gobjectCast<GMimeStreamMem>(memoryStream));
    return QByteArray(reinterpret_cast<const char *>(array->data), qsizetype(array->len));
}

} // namespace Mailgauge::Mime
