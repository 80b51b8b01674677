#include "reflow/distributed/message_payload.h"

#include <google/protobuf/io/zero_copy_stream_impl.h>

#include <climits>
#include <memory>
#include <vector>

namespace reflow::distributed {

Piece piece_of(std::string bytes) {
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  return {owner->data(), owner->size(), owner};
}

StatusOr<Payload> payload_of(const google::protobuf::MessageLite& message) {
  if (message.ByteSizeLong() > INT_MAX) {
    return resource_exhausted("A {} of {} bytes is more than the 2 GB that can be sent", message.GetTypeName(),
                              message.ByteSizeLong());
  }
  return Payload{piece_of(message.SerializeAsString())};
}

Status parse_payload(const Payload& payload, google::protobuf::MessageLite* message) {
  using google::protobuf::io::ArrayInputStream;
  std::vector<std::unique_ptr<ArrayInputStream>> streams;
  std::vector<google::protobuf::io::ZeroCopyInputStream*> parts;
  size_t size_bytes = 0;
  for (const Piece& piece : payload) {
    size_bytes += piece.size_bytes;
    if (size_bytes > INT_MAX) return resource_exhausted("A message of more than 2 GB has come in");
    streams.push_back(std::make_unique<ArrayInputStream>(piece.data, static_cast<int>(piece.size_bytes)));
    parts.push_back(streams.back().get());
  }
  google::protobuf::io::ConcatenatingInputStream all(parts.data(), static_cast<int>(parts.size()));
  if (!message->ParseFromZeroCopyStream(&all)) {
    return invalid_argument("What has come in is not a {}", message->GetTypeName());
  }
  return OkStatus();
}

}  // namespace reflow::distributed
