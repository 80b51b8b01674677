#include "reflow/capi/tensor_bytes.h"

#include <cstring>

#include "reflow/capi/objects.h"
#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/framework/tensor.pb.h"

namespace reflow::capi {
namespace {

size_t varint_size(uint64_t value) {
  size_t n = 1;
  for (; value >= 128; value >>= 7) ++n;
  return n;
}

char* write_varint(uint64_t value, char* to) {
  for (; value >= 128; value >>= 7) *to++ = static_cast<char>(value | 128);
  *to++ = static_cast<char>(value);
  return to;
}

char* write_string(std::string_view text, char* to) {
  to = write_varint(text.size(), to);
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

// The string that begins at `from`. False: it doesn't end before `limit`.
bool read_string(const char* from, const char* limit, std::string_view* text) {
  uint64_t length = 0;
  for (int shift = 0;; shift += 7) {
    if (from == limit || shift > 63) return false;
    const auto byte = static_cast<unsigned char>(*from++);
    length |= uint64_t{byte & 127u} << shift;
    if (byte < 128) break;
  }
  if (length > static_cast<uint64_t>(limit - from)) return false;
  *text = {from, length};
  return true;
}

Status truncated() { return invalid_argument("invalid string encoding or truncated src buffer"); }

}  // namespace

StatusOr<Tensor> read_strings(const Shape& shape, const void* data, size_t size_bytes) {
  const int64_t n = shape.num_elements();
  if (n < 0 || size_bytes / sizeof(uint64_t) < static_cast<uint64_t>(n)) {
    return invalid_argument("Malformed TF_STRING tensor; too short to hold number of elements");
  }
  const char* const begin = static_cast<const char*>(data);
  const char *const texts = begin + n * sizeof(uint64_t), *const limit = begin + size_bytes;
  Tensor tensor(DType::kString, shape);
  for (int64_t i = 0; i < n; ++i) {
    uint64_t offset;
    std::memcpy(&offset, begin + i * sizeof offset, sizeof offset);
    if (offset >= static_cast<uint64_t>(limit - texts)) {
      return invalid_argument("Malformed TF_STRING tensor; element {} out of range", i);
    }
    std::string_view text;
    if (!read_string(texts + offset, limit, &text)) return truncated();
    tensor.data<std::string>()[i] = text;
  }
  return tensor;
}

size_t size_of_strings(const Tensor& tensor) {
  size_t size = tensor.num_elements() * sizeof(uint64_t);
  for (const std::string& s : tensor.flat<std::string>()) size += varint_size(s.size()) + s.size();
  return size;
}

void write_strings(const Tensor& tensor, char* to) {
  char* const texts = to + tensor.num_elements() * sizeof(uint64_t);
  char* end = texts;
  for (const std::string& s : tensor.flat<std::string>()) {
    const uint64_t offset = end - texts;
    std::memcpy(to, &offset, sizeof offset);
    to += sizeof offset;
    end = write_string(s, end);
  }
}

StatusOr<Tensor> read_resource(const Shape& shape, const void* data, size_t size_bytes) {
  if (shape.rank() != 0) {
    return invalid_argument("Malformed TF_RESOURCE tensor: expected a scalar, got a tensor with shape {}", shape.str());
  }
  tensorflow::TensorProto proto;
  proto.set_dtype(tensorflow::DT_RESOURCE);
  proto.mutable_tensor_shape();
  if (!parse(data, size_bytes, proto.add_resource_handle_val())) {
    return invalid_argument("Malformed TF_RESOURCE tensor: unable to parse resource handle");
  }
  return tensor_from_proto(proto);
}

StatusOr<std::string> resource_bytes(const Tensor& tensor) {
  if (tensor.rank() != 0) {
    return invalid_argument("Malformed TF_RESOURCE tensor: expected a scalar, got a tensor with shape {}", tensor.shape().str());
  }
  tensorflow::TensorProto proto;
  RETURN_IF_ERROR(tensor_to_proto(tensor, &proto));
  return proto.resource_handle_val_size() > 0 ? proto.resource_handle_val(0).SerializeAsString() : std::string();
}

}  // namespace reflow::capi

using namespace reflow;
using namespace reflow::capi;

size_t TF_StringEncodedSize(size_t len) { return varint_size(len) + len; }

size_t TF_StringEncode(const char* src, size_t src_len, char* dst, size_t dst_len, TF_Status* status) {
  const size_t size = TF_StringEncodedSize(src_len);
  const bool fits = report(status, [&] {
    return size <= dst_len ? OkStatus() : invalid_argument("dst_len ({}) too small to encode a {}-byte string", dst_len, src_len);
  });
  if (!fits) return 0;
  write_string({src, src_len}, dst);
  return size;
}

size_t TF_StringDecode(const char* src, size_t src_len, const char** dst, size_t* dst_len, TF_Status* status) {
  std::string_view text;
  if (!report(status, [&] { return read_string(src, src + src_len, &text) ? OkStatus() : truncated(); })) return 0;
  *dst = text.data();
  *dst_len = text.size();
  return text.data() + text.size() - src;
}
