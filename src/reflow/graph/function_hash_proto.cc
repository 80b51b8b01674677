#include "reflow/graph/function_hash_proto.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <map>
#include <vector>

#include "reflow/base/string_hash.h"
#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/framework/tensor.pb.h"

namespace reflow::graph {
namespace {

uint64_t combine(uint64_t a, uint64_t b) { return a ^ (b + 0x9e3779b97f4a7800 + (a << 10) + (a >> 4)); }

// The bytes of a message, those of maps in the order of their keys.
std::string bytes_of(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

template <typename Map>
auto sorted(const Map& map) {
  return std::map<std::string, std::decay_t<decltype(map.begin()->second)>>(map.begin(), map.end());
}

template <typename List>
auto by_name(const List& list) {
  std::map<std::string, const std::decay_t<decltype(*list.begin())>*> map;
  for (const auto& each : list) map[each.name()] = &each;
  return map;
}

void append_varint(std::string* bytes, size_t value) {
  for (; value >= 0x80; value >>= 7) *bytes += static_cast<char>(value | 0x80);
  *bytes += static_cast<char>(value);
}

// However the proto holds its values.
uint64_t hash_of(const tensorflow::TensorProto& proto) {
  const StatusOr<Tensor> tensor = tensor_from_proto(proto);
  if (!tensor.ok()) return hash64(bytes_of(proto));
  tensorflow::TensorProto content;
  content.set_dtype(proto.dtype());
  content.mutable_tensor_shape();
  for (const int64_t dim : tensor->shape()) content.mutable_tensor_shape()->add_dim()->set_size(dim);
  std::string& bytes = *content.mutable_tensor_content();
  if (tensor->dtype() == DType::kString) {
    for (const std::string& element : tensor->flat<std::string>()) append_varint(&bytes, element.size());
    for (const std::string& element : tensor->flat<std::string>()) bytes += element;
  } else if (is_plain(tensor->dtype())) {
    bytes.assign(static_cast<const char*>(tensor->raw_data()), static_cast<size_t>(tensor->size_bytes()));
  }
  return hash64(bytes_of(content));
}

template <typename Map>
uint64_t add_attrs(const Map& attrs, uint64_t hash);

uint64_t hash_of(const tensorflow::AttrValue& value) {
  if (value.has_tensor()) return hash_of(value.tensor());
  if (value.has_func()) return add_attrs(value.func().attr(), hash64(value.func().name()));
  return hash64(bytes_of(value));
}

template <typename Map>
uint64_t add_attrs(const Map& attrs, uint64_t hash) {
  for (const auto& [name, value] : sorted(attrs)) hash = combine(hash_of(value), hash64(name, hash));
  return hash;
}

uint64_t hash_of(const tensorflow::OpDef::AttrDef& attr) {
  tensorflow::OpDef::AttrDef rest = attr;
  rest.clear_default_value();
  rest.clear_allowed_values();
  uint64_t hash = hash64(bytes_of(rest));
  if (attr.has_default_value()) hash = combine(hash_of(attr.default_value()), hash);
  if (attr.has_allowed_values()) hash = combine(hash_of(attr.allowed_values()), hash);
  return hash;
}

uint64_t hash_of(const tensorflow::OpDef& signature) {
  uint64_t hash = kHash64Seed;
  for (const auto& [name, attr] : by_name(signature.attr())) hash = combine(hash_of(*attr), hash64(name, hash));
  tensorflow::OpDef rest = signature;
  rest.clear_name();
  rest.clear_attr();
  return hash64(bytes_of(rest), hash);
}

uint64_t hash_of(const tensorflow::NodeDef& node) {
  uint64_t hash = hash64(node.device(), hash64(node.op(), hash64(node.name())));
  std::vector<std::string> controls;
  for (const std::string& input : node.input()) {
    if (input.starts_with('^')) controls.push_back(input);
    else hash = hash64(input, hash);
  }
  std::ranges::sort(controls);
  for (const std::string& control : controls) hash = hash64(control, hash);
  return add_attrs(node.attr(), hash);
}

// Base64, whose two characters that aren't letters or digits are letters here.
std::string letters(uint64_t hash) {
  constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789aA";
  constexpr int kCharacters = 11;
  std::string text;
  unsigned char bytes[9] = {};
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(hash >> (8 * i));
  for (int i = 0; i < kCharacters; ++i) {
    const int bit = 6 * i, first = bit / 8;
    const int next = first + 1 < 9 ? bytes[first + 1] : 0;
    text += kLetters[(bytes[first] << 8 | next) >> (10 - bit % 8) & 63];
  }
  return text;
}

}  // namespace

std::string function_hash(const tensorflow::FunctionDef& function) {
  uint64_t hash = hash_of(function.signature());
  uint64_t nodes = kHash64Seed;
  for (const auto& [name, node] : by_name(function.node_def())) nodes = combine(hash_of(*node), hash64(name, nodes));
  hash = combine(nodes, hash);
  for (const auto& [name, tensor] : sorted(function.ret())) hash = hash64(tensor, hash64(name, hash));
  return letters(hash);
}

}  // namespace reflow::graph
