#include "reflow/distributed/grpc/bytes.h"

#include <vector>

namespace reflow::distributed {

grpc::ByteBuffer to_byte_buffer(const Payload& payload) {
  std::vector<grpc::Slice> slices;
  slices.reserve(payload.size());
  for (const Piece& piece : payload) {
    // Owns a count of the memory until gRPC has sent it.
    auto* const owner = new std::shared_ptr<const void>(piece.owner);
    slices.emplace_back(const_cast<void*>(piece.data), piece.size_bytes,
                        [](void* kept) { delete static_cast<std::shared_ptr<const void>*>(kept); }, owner);
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

Payload to_payload(const grpc::ByteBuffer& buffer) {
  Payload payload;
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return payload;
  for (grpc::Slice& slice : slices) {
    auto owner = std::make_shared<grpc::Slice>(std::move(slice));
    payload.push_back({owner->begin(), owner->size(), owner});
  }
  return payload;
}

grpc::Status to_grpc(const Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), std::string(message_of(status))};
}

Status from_grpc(const grpc::Status& status) {
  if (status.ok()) return OkStatus();
  // What a connection says that breaks: worth another try.
  const bool broken = status.error_code() == grpc::StatusCode::UNKNOWN && status.error_message() == "Stream removed";
  return make_status(broken ? StatusCode::kUnavailable : static_cast<StatusCode>(status.error_code()), status.error_message());
}

}  // namespace reflow::distributed
