// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// First of all: GIO has members named as Qt's keywords.
#include <gmime/gmime.h>

#include <QByteArray>

#include <memory>
#include <utility>

/// Owning handles for GMime's objects. Included by the .cpp files of mime/ only, as their first
/// header.
namespace Mailgauge::Mime {

/// Must be called before any other call into GMime; cheap after the first time. Any thread.
void initializeGMime();

/// Owns one reference of a GObject.
template <typename T>
class GObjectPtr {
public:
    GObjectPtr() = default;
    explicit GObjectPtr(T *object)
        : m_object(object)
    {
    }
    GObjectPtr(GObjectPtr &&other) noexcept
        : m_object(std::exchange(other.m_object, nullptr))
    {
    }
    GObjectPtr &operator=(GObjectPtr &&other) noexcept
    {
        std::swap(m_object, other.m_object);
        return *this;
    }
    GObjectPtr(const GObjectPtr &) = delete;
    GObjectPtr &operator=(const GObjectPtr &) = delete;
    ~GObjectPtr()
    {
        if (m_object)
            g_object_unref(m_object);
    }

    [[nodiscard]] T *get() const { return m_object; }
    /// The same object seen as a base or derived class.
    template <typename Other>
    [[nodiscard]] Other *as() const
    {
        return reinterpret_cast<Other *>(m_object);
    }
    explicit operator bool() const { return m_object != nullptr; }

private:
    T *m_object = nullptr;
};

/// GObject's inheritance is by layout: a checked cast is isA() before as().
template <typename Other, typename T>
[[nodiscard]] Other *gobjectCast(T *object)
{
    return reinterpret_cast<Other *>(object);
}

template <typename T>
[[nodiscard]] bool isA(T *object, GType type)
{
    return object && g_type_check_instance_is_a(reinterpret_cast<GTypeInstance *>(object), type);
}

struct GFree {
    void operator()(char *text) const { g_free(text); }
};
using GString8 = std::unique_ptr<char, GFree>; ///< A NUL-terminated string from GLib.

struct FormatOptionsFree {
    void operator()(GMimeFormatOptions *options) const { g_mime_format_options_free(options); }
};
using FormatOptions = std::unique_ptr<GMimeFormatOptions, FormatOptionsFree>;

struct ParserOptionsFree {
    void operator()(GMimeParserOptions *options) const { g_mime_parser_options_free(options); }
};
using ParserOptions = std::unique_ptr<GMimeParserOptions, ParserOptionsFree>;

/// Loose parsing; header bytes that are no valid UTF-8 are taken as Windows-1252.
[[nodiscard]] ParserOptions makeParserOptions();

/// The bytes of a memory stream, NULs included.
[[nodiscard]] QByteArray bytesOf(GMimeStream *memoryStream);

} // namespace Mailgauge::Mime
