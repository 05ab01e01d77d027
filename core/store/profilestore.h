// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profilerepository.h"
#include "store/reader.h"
#include "store/writer.h"

namespace Mailgauge::Store {

/// Relay profiles, each as the JSON of relay/profilejson.h. The built-in one and trusted
/// certificates of the moment are not kept.
class ProfileStore final : public Relay::ProfileRepository {
public:
    ProfileStore(Writer &writer, Reader &reader);

    QFuture<Base::Result<Relay::StoredProfiles>> profiles() override;
    QFuture<Base::Result<void>> save(Relay::RelayProfile profile) override;
    QFuture<Base::Result<void>> remove(QUuid id) override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Mailgauge::Store
