#pragma once

#include <google/protobuf/message_lite.h>

#include "reflow/base/status.h"
#include "reflow/distributed/transport.h"

// Protocol buffers to payloads and back.
namespace reflow::distributed {

// ResourceExhausted: more than the 2 GB that a message holds.
StatusOr<Payload> payload_of(const google::protobuf::MessageLite& message);
// InvalidArgument: not such a message.
Status parse_payload(const Payload& payload, google::protobuf::MessageLite* message);
// `bytes` as a piece.
Piece piece_of(std::string bytes);

}  // namespace reflow::distributed
