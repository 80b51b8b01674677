#pragma once

#include <memory>

#include "reflow/distributed/transport.h"

namespace reflow::distributed {

StatusOr<std::unique_ptr<Listener>> make_grpc_listener(int port, CallHandler handler);

}  // namespace reflow::distributed
