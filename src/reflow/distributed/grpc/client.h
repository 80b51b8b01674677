#pragma once

#include <memory>
#include <string>

#include "reflow/distributed/transport.h"

namespace reflow::distributed {

std::shared_ptr<Channel> make_grpc_channel(const std::string& address);

}  // namespace reflow::distributed
