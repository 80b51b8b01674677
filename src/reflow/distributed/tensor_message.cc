#include "reflow/distributed/tensor_message.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/wire_format_lite.h>

#include <climits>
#include <memory>
#include <vector>

#include "reflow/base/clock.h"
#include "reflow/distributed/message_payload.h"
#include "reflow/tensor/checked_size.h"
#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using tensorflow::RecvTensorResponse;
using tensorflow::TensorProto;

// Below this, a message in one piece costs less than the bookkeeping of two.
constexpr int64_t kWorthAPiece = 1024;

uint32_t tag(int field) { return WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED); }

void append_varint(uint64_t value, std::string* bytes) {
  for (; value >= 0x80; value >>= 7) bytes->push_back(static_cast<char>(value | 0x80));
  bytes->push_back(static_cast<char>(value));
}

// Reads the field `tensor` where it is a head and tensor_content, which goes where it stays. False: something else.
bool read_tensor(CodedInputStream& in, Tensor* tensor, Status* status) {
  TensorProto head;
  uint32_t length;
  if (!in.ReadVarint32(&length)) return false;
  const auto outer = in.PushLimit(static_cast<int>(length));
  while (const uint32_t next = in.ReadTag()) {
    uint32_t size;
    if (next == tag(TensorProto::kTensorContentFieldNumber)) {
      const auto type = static_cast<DType>(head.dtype());
      if (tensor->valid() || !is_plain(type) || head.dtype() > tensorflow::DT_UINT64 || !in.ReadVarint32(&size)) return false;
      StatusOr<Shape> shape = shape_from_proto(head.tensor_shape());
      if (!shape.ok() || !shape->fully_defined()) return false;
      if (shape->num_elements() > INT_MAX || shape->num_elements() * dtype_size(type) != static_cast<int64_t>(size)) return false;
      StatusOr<Tensor> allocated = allocate_tensor(type, *shape);
      if (!allocated.ok()) {
        *status = allocated.status();
        return false;
      }
      *tensor = *std::move(allocated);
      if (!in.ReadRaw(tensor->raw_data(), static_cast<int>(size))) return false;
    } else if (next == tag(TensorProto::kTensorShapeFieldNumber)) {
      if (!in.ReadVarint32(&size)) return false;
      const auto inner = in.PushLimit(static_cast<int>(size));
      if (!head.mutable_tensor_shape()->MergeFromCodedStream(&in) || !in.ConsumedEntireMessage()) return false;
      in.PopLimit(inner);
    } else if (next == WireFormatLite::MakeTag(TensorProto::kDtypeFieldNumber, WireFormatLite::WIRETYPE_VARINT)) {
      if (!in.ReadVarint32(&size)) return false;
      head.set_dtype(static_cast<tensorflow::DataType>(size));
    } else if (next == WireFormatLite::MakeTag(TensorProto::kVersionNumberFieldNumber, WireFormatLite::WIRETYPE_VARINT)) {
      if (!in.ReadVarint32(&size)) return false;
    } else {
      return false;
    }
  }
  if (!in.ConsumedEntireMessage() || !tensor->valid()) return false;
  in.PopLimit(outer);
  return true;
}

bool read_fast(CodedInputStream& in, ReceivedTensor* received, Status* status) {
  while (const uint32_t next = in.ReadTag()) {
    uint64_t value;
    if (next == tag(RecvTensorResponse::kTensorFieldNumber)) {
      if (received->tensor.valid() || !read_tensor(in, &received->tensor, status)) return false;
    } else if (next == WireFormatLite::MakeTag(RecvTensorResponse::kIsDeadFieldNumber, WireFormatLite::WIRETYPE_VARINT)) {
      if (!in.ReadVarint64(&value)) return false;
      received->is_dead = value != 0;
    } else if (!WireFormatLite::SkipField(&in, next)) {
      return false;
    }
  }
  return in.ConsumedEntireMessage() && received->tensor.valid();
}

}  // namespace

StatusOr<Payload> tensor_message(const Tensor& tensor, bool is_dead) {
  RecvTensorResponse response;
  response.set_is_dead(is_dead);
  response.set_send_start_micros(wall_time_us());
  const bool in_pieces = tensor.valid() && is_plain(tensor.dtype()) && tensor.size_bytes() >= kWorthAPiece;
  if (!in_pieces) {
    if (tensor.valid()) {
      RETURN_IF_ERROR(tensor_to_proto(tensor, response.mutable_tensor(), TensorForm::kContent));
    } else {
      response.mutable_tensor()->set_dtype(tensorflow::DT_FLOAT);  // a dead one has a type too, for those who look
      response.mutable_tensor()->mutable_tensor_shape()->add_dim();
    }
    return payload_of(response);
  }
  if (tensor.size_bytes() > INT_MAX - 4096) {
    return resource_exhausted("A tensor of {} bytes is more than the 2 GB that can be sent", tensor.size_bytes());
  }
  TensorProto head;
  head.set_dtype(static_cast<tensorflow::DataType>(tensor.dtype()));
  shape_to_proto(tensor.shape(), head.mutable_tensor_shape());
  std::string inner = head.SerializeAsString();
  append_varint(tag(TensorProto::kTensorContentFieldNumber), &inner);
  append_varint(tensor.size_bytes(), &inner);
  std::string bytes = response.SerializeAsString();
  append_varint(tag(RecvTensorResponse::kTensorFieldNumber), &bytes);
  append_varint(inner.size() + tensor.size_bytes(), &bytes);
  bytes += inner;
  const auto owner = std::make_shared<const Tensor>(tensor.retained());
  return Payload{piece_of(std::move(bytes)),
                 {owner->raw_data(), static_cast<size_t>(owner->size_bytes()), owner}};
}

StatusOr<ReceivedTensor> parse_tensor_message(const Payload& payload) {
  using google::protobuf::io::ArrayInputStream;
  std::vector<std::unique_ptr<ArrayInputStream>> streams;
  std::vector<google::protobuf::io::ZeroCopyInputStream*> parts;
  for (const Piece& piece : payload) {
    streams.push_back(std::make_unique<ArrayInputStream>(piece.data, static_cast<int>(piece.size_bytes)));
    parts.push_back(streams.back().get());
  }
  google::protobuf::io::ConcatenatingInputStream all(parts.data(), static_cast<int>(parts.size()));
  CodedInputStream in(&all);
  in.SetTotalBytesLimit(INT_MAX);
  ReceivedTensor received;
  Status status;
  if (read_fast(in, &received, &status)) return received;
  RETURN_IF_ERROR(status);

  RecvTensorResponse response;
  RETURN_IF_ERROR(parse_payload(payload, &response));
  received.is_dead = response.is_dead();
  received.tensor = Tensor();
  if (!response.is_dead() || response.tensor().dtype() != tensorflow::DT_INVALID) {
    ASSIGN_OR_RETURN(received.tensor, tensor_from_proto(response.tensor()));
  }
  return received;
}

}  // namespace reflow::distributed
