#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/status.h>

#include "reflow/distributed/transport.h"

namespace reflow::distributed {

// A payload as gRPC takes it: it shares the memory, and keeps it alive.
grpc::ByteBuffer to_byte_buffer(const Payload& payload);
// What gRPC has received: the pieces are its slices.
Payload to_payload(const grpc::ByteBuffer& buffer);

grpc::Status to_grpc(const Status& status);
Status from_grpc(const grpc::Status& status);

}  // namespace reflow::distributed
