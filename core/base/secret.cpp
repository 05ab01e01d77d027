// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/secret.h"

#include <cstring>
#include <utility>

namespace Mailgauge::Base {

namespace {
constexpr qsizetype ShortestMasked = 4;
}

Secret::Secret(QByteArray bytes)
    : m_bytes(std::move(bytes))
{
}

Secret &Secret::operator=(const Secret &other)
{
    if (this != &other) {
        wipe();
        m_bytes = other.m_bytes;
    }
    return *this;
}

Secret &Secret::operator=(Secret &&other) noexcept
{
    if (this != &other) {
        wipe();
        m_bytes = std::exchange(other.m_bytes, {});
    }
    return *this;
}

Secret::~Secret()
{
    wipe();
}

void Secret::wipe()
{
    // Only the last owner may overwrite; the others share the same memory.
    if (m_bytes.isDetached() && !m_bytes.isEmpty()) {
        // glibc promises that this one is not optimised away.
        explicit_bzero(m_bytes.data(), static_cast<std::size_t>(m_bytes.size()));
    }
    m_bytes.clear();
}

void SecretMask::add(const Secret &secret, const QByteArray &label)
{
    if (secret.reveal().size() < ShortestMasked)
        return;
    m_values.append({secret, label});
    m_values.append({Secret(secret.reveal().toBase64(QByteArray::OmitTrailingEquals)), label});
}

QByteArray SecretMask::apply(const QByteArray &text) const
{
    QByteArray masked = text;
    for (const Value &value : m_values) {
        if (masked.contains(value.needle.reveal()))
            masked.replace(value.needle.reveal(), "<redacted: " + value.label + '>');
    }
    return masked;
}

} // namespace Mailgauge::Base
