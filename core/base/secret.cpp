// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/secret.h"

#include <cstring>
#include <utility>

namespace Mailgauge::Base {

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

} // namespace Mailgauge::Base
