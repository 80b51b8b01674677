#include "reflow/tensor/tensor_proto.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "reflow/tensor/checked_size.h"
#include "tensorflow/core/framework/tensor.pb.h"
#include "tensorflow/core/framework/tensor_shape.pb.h"

namespace reflow {
namespace {

using tensorflow::ResourceHandleProto;
using tensorflow::TensorProto;
using tensorflow::VariantTensorDataProto;

constexpr int64_t kMaxProtoBytes = int64_t{1} << 31;

// The types that tf.make_tensor_proto puts into tensor_content.
constexpr Types<float, double, int32_t, uint8_t, int16_t, int8_t, int64_t, Qint8, Quint8, Qint16, Quint16, Qint32,
                uint32_t, uint64_t>
    kContentTypes{};

template <typename T>
constexpr bool kIsComplex = std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>;

// The repeated field of the values of a T; `P` is const or not.
template <typename T, typename P>
auto* field(P* p) {
  constexpr bool kConst = std::is_const_v<P>;
#define REFLOW_FIELD(name)                 \
  if constexpr (kConst) return &p->name(); \
  else return p->mutable_##name()
  if constexpr (std::is_same_v<T, float>) {
    REFLOW_FIELD(float_val);
  } else if constexpr (std::is_same_v<T, double>) {
    REFLOW_FIELD(double_val);
  } else if constexpr (std::is_same_v<T, int64_t>) {
    REFLOW_FIELD(int64_val);
  } else if constexpr (std::is_same_v<T, uint32_t>) {
    REFLOW_FIELD(uint32_val);
  } else if constexpr (std::is_same_v<T, uint64_t>) {
    REFLOW_FIELD(uint64_val);
  } else if constexpr (std::is_same_v<T, bool>) {
    REFLOW_FIELD(bool_val);
  } else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>) {
    REFLOW_FIELD(half_val);
  } else if constexpr (std::is_same_v<T, std::complex<float>>) {
    REFLOW_FIELD(scomplex_val);
  } else if constexpr (std::is_same_v<T, std::complex<double>>) {
    REFLOW_FIELD(dcomplex_val);
  } else if constexpr (std::is_same_v<T, std::string>) {
    REFLOW_FIELD(string_val);
  } else if constexpr (std::is_same_v<T, ResourceHandle>) {
    REFLOW_FIELD(resource_handle_val);
  } else if constexpr (std::is_same_v<T, Variant>) {
    REFLOW_FIELD(variant_val);
  } else {
    REFLOW_FIELD(int_val);
  }
#undef REFLOW_FIELD
}

template <typename T>
int num_values(const TensorProto& proto) {
  return field<T>(&proto)->size() / (kIsComplex<T> ? 2 : 1);
}

ResourceHandle handle_from_proto(const ResourceHandleProto& proto) {
  return {proto.device(), proto.container(), proto.name(), proto.maybe_type_name(), proto.hash_code(), nullptr};
}

template <typename T>
T value_from(const TensorProto& proto, int i) {
  const auto& values = *field<T>(&proto);
  if constexpr (kIsComplex<T>) {
    return {values.Get(2 * i), values.Get(2 * i + 1)};
  } else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>) {
    return std::bit_cast<T>(static_cast<uint16_t>(values.Get(i)));
  } else if constexpr (std::is_same_v<T, ResourceHandle>) {
    return handle_from_proto(values.Get(i));
  } else if constexpr (std::is_same_v<T, Variant>) {
    std::string bytes = values.Get(i).SerializeAsString();
    return bytes.empty() ? Variant() : Variant::of(values.Get(i).type_name(), SerializedVariant{std::move(bytes)});
  } else if constexpr (requires(T v) { v.value; }) {
    return T{static_cast<decltype(T::value)>(values.Get(i))};
  } else {
    return static_cast<T>(values.Get(i));
  }
}

template <typename T>
Status add_value(const T& v, TensorProto* proto) {
  auto* values = field<T>(proto);
  if constexpr (kIsComplex<T>) {
    values->Add(v.real());
    values->Add(v.imag());
  } else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>) {
    values->Add(v.bits);
  } else if constexpr (std::is_same_v<T, std::string>) {
    *values->Add() = v;
  } else if constexpr (std::is_same_v<T, ResourceHandle>) {
    ResourceHandleProto* handle = values->Add();
    handle->set_device(v.device);
    handle->set_container(v.container);
    handle->set_name(v.name);
    handle->set_hash_code(v.hash_code);
    handle->set_maybe_type_name(v.type_name);
  } else if constexpr (std::is_same_v<T, Variant>) {
    const auto* serialized = v.template get<SerializedVariant>();
    if (!serialized && !v.empty()) return unimplemented("Variant of type {} cannot be serialized", v.type_name());
    if (!values->Add()->ParseFromString(serialized ? serialized->bytes : "")) return internal_error("Damaged variant");
  } else if constexpr (requires { v.value; }) {
    values->Add(v.value);
  } else {
    values->Add(v);
  }
  return OkStatus();
}

// Strings in tensor_content: the lengths as varints, then the bytes.
bool decode_strings(std::string_view content, std::span<std::string> strings) {
  std::vector<uint32_t> lengths;
  for (size_t i = 0; i < strings.size(); ++i) {
    uint64_t length = 0;
    for (int shift = 0;; shift += 7) {
      if (content.empty() || shift > 28) return false;
      const auto byte = static_cast<uint8_t>(content.front());
      content.remove_prefix(1);
      length |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) break;
    }
    lengths.push_back(static_cast<uint32_t>(length));
  }
  for (size_t i = 0; i < strings.size(); ++i) {
    if (content.size() < lengths[i]) return false;
    strings[i] = content.substr(0, lengths[i]);
    content.remove_prefix(lengths[i]);
  }
  return content.empty();
}

std::string encode_strings(std::span<const std::string> strings) {
  std::string content;
  for (const std::string& s : strings) {
    size_t length = s.size();
    for (; length >= 0x80; length >>= 7) content += static_cast<char>(length | 0x80);
    content += static_cast<char>(length);
  }
  for (const std::string& s : strings) content += s;
  return content;
}

Status damaged(const TensorProto& proto, const Shape& shape, std::string_view why) {
  return invalid_argument("Cannot parse tensor from proto: dtype: {}, shape: {}: {}",
                          dtype_enum_name(DType(proto.dtype())), shape.str(), why);
}

template <typename T>
Status fill_from_content(const TensorProto& proto, Tensor* t) {
  const std::string& content = proto.tensor_content();
  if constexpr (std::is_same_v<T, std::string>) {
    if (!decode_strings(content, t->flat<T>())) return damaged(proto, t->shape(), "tensor_content holds no such strings");
  } else if constexpr (std::is_same_v<T, bool>) {
    std::transform(content.begin(), content.end(), t->data<T>(), [](char c) { return c != 0; });
  } else if constexpr (is_plain(dtype_of<T>)) {
    std::memcpy(t->raw_data(), content.data(), content.size());
  } else {
    return damaged(proto, t->shape(), "tensor_content of a type that has none");
  }
  t->buffer()->set_proto_form(Buffer::kContent);
  return OkStatus();
}

template <typename T>
void fill_from_values(const TensorProto& proto, Tensor* t) {
  const std::span<T> elements = t->flat<T>();
  const auto n = std::min<size_t>(num_values<T>(proto), elements.size());
  for (size_t i = 0; i < n; ++i) elements[i] = value_from<T>(proto, static_cast<int>(i));
  std::fill(elements.begin() + n, elements.end(), n > 0 ? elements[n - 1] : T{});
  t->buffer()->set_proto_form(static_cast<int64_t>(n));
}

// How many of the elements have to be written if the last of them is repeated: the tail of equal bytes is left out.
int64_t num_distinct_leading(const Tensor& t) {
  const int64_t size = dtype_size(t.dtype());
  const char* data = static_cast<const char*>(t.raw_data());
  int64_t n = t.num_elements();
  while (n > 1 && std::memcmp(data + (n - 1) * size, data + (n - 2) * size, size) == 0) --n;
  return n;
}

bool repeats_after(const Tensor& t, int64_t num_values) {
  if (num_values > t.num_elements()) return false;
  if (num_values == 0) {
    const char* data = static_cast<const char*>(t.raw_data());
    return is_plain(t.dtype()) && std::all_of(data, data + t.size_bytes(), [](char c) { return c == 0; });
  }
  if (num_values == t.num_elements()) return true;
  if (t.dtype() == DType::kString) {
    const auto strings = t.flat<std::string>();
    return std::all_of(strings.begin() + num_values, strings.end(),
                       [&](const std::string& s) { return s == strings[num_values - 1]; });
  }
  return is_plain(t.dtype()) && num_distinct_leading(t) <= num_values;
}

// The number of values to write, or Buffer::kContent.
int64_t choose_form(const Tensor& t, TensorForm form) {
  const int64_t n = t.num_elements();
  const bool has_content = is_plain(t.dtype()) || t.dtype() == DType::kString;
  switch (form) {
    case TensorForm::kFields:
      return n;
    case TensorForm::kContent:
      return has_content ? Buffer::kContent : n;
    case TensorForm::kCompressed: {
      if (!is_plain(t.dtype())) return n;
      const int64_t values = num_distinct_leading(t);
      return 2 * values < n ? values : Buffer::kContent;
    }
    case TensorForm::kPython:
      break;
  }
  // The form it was read in. An owner may have written to the buffer since, so it is made sure that it still holds.
  const int64_t read_as = t.buffer() ? t.buffer()->proto_form() : Buffer::kNoForm;
  if (read_as == Buffer::kContent) return Buffer::kContent;
  if (read_as >= 0 && repeats_after(t, read_as)) return read_as;
  return n > 1 && with_type(kContentTypes, t.dtype(), []<typename T>() {}) ? Buffer::kContent : n;
}

}  // namespace

StatusOr<Tensor> tensor_from_proto(const TensorProto& proto) {
  const DType type = DType(proto.dtype());
  Shape shape;
  if (!proto.tensor_shape().unknown_rank()) {
    ASSIGN_OR_RETURN(shape, shape_from_proto(proto.tensor_shape()));
    if (!shape.fully_defined()) return invalid_argument("Shape {} is not fully defined", shape.str());
  }
  if (is_ref(type) || dtype_size(type) == 0) return damaged(proto, shape, "no tensor has this type");
  ASSIGN_OR_RETURN(const int64_t n, checked_num_elements(shape));
  const std::string& content = proto.tensor_content();
  if (n > 0 && !content.empty()) {
    // Before memory is taken: what the content can't fill is an error.
    const int64_t smallest = type == DType::kString ? 1 : dtype_size(type);
    int64_t expected = 0;
    const bool overflow = __builtin_mul_overflow(n, smallest, &expected);
    const auto size = static_cast<int64_t>(content.size());
    if (overflow || size < expected || (is_plain(type) && size != expected)) {
      return damaged(proto, shape, fmt::format("tensor_content has {} bytes", size));
    }
  }
  ASSIGN_OR_RETURN(Tensor t, allocate_tensor(type, shape));
  if (n == 0) return t;
  Status status;
  with_type(kAllTypes, type, [&]<typename T>() {
    if (content.empty()) {
      fill_from_values<T>(proto, &t);
    } else {
      status = fill_from_content<T>(proto, &t);
    }
  });
  RETURN_IF_ERROR(status);
  return t;
}

Status tensor_to_proto(const Tensor& tensor, TensorProto* proto, TensorForm form) {
  proto->Clear();
  if (!tensor.valid()) return OkStatus();
  proto->set_dtype(static_cast<tensorflow::DataType>(tensor.dtype()));
  shape_to_proto(tensor.shape(), proto->mutable_tensor_shape());
  if (tensor.num_elements() == 0) return OkStatus();
  const int64_t num_values = choose_form(tensor, form);
  int64_t size = num_values == Buffer::kContent ? tensor.size_bytes() : num_values * dtype_size(tensor.dtype());
  if (tensor.dtype() == DType::kString) {
    size = 0;
    for (const std::string& s : tensor.flat<std::string>()) size += static_cast<int64_t>(s.size());
  }
  if (size >= kMaxProtoBytes) {
    return invalid_argument("Cannot create a tensor proto whose content is larger than 2GB.");
  }
  if (num_values == Buffer::kContent) {
    proto->set_tensor_content(tensor.dtype() == DType::kString
                                  ? encode_strings(tensor.flat<std::string>())
                                  : std::string(static_cast<const char*>(tensor.raw_data()), tensor.size_bytes()));
    return OkStatus();
  }
  Status status;
  with_type(kAllTypes, tensor.dtype(), [&]<typename T>() {
    const T* elements = tensor.data<T>();
    for (int64_t i = 0; i < num_values && status.ok(); ++i) status = add_value(elements[i], proto);
  });
  return status;
}

StatusOr<Shape> shape_from_proto(const tensorflow::TensorShapeProto& proto) {
  if (proto.unknown_rank()) {
    if (proto.dim_size() > 0) return invalid_argument("An unknown shape must not have any dimensions set.");
    return Shape::unknown();
  }
  if (proto.dim_size() > Shape::kMaxRank) {
    return invalid_argument("Shape of rank {} has too many dimensions", proto.dim_size());
  }
  std::vector<int64_t> dims;
  for (const auto& d : proto.dim()) dims.push_back(d.size());
  Shape shape(dims);
  int64_t product = 1;
  for (const int64_t d : dims) {
    if (d < -1) {
      std::string text;
      for (const int64_t each : dims) text += fmt::format("{}{}", text.empty() ? "" : ",", each);
      return invalid_argument("Shape [{}] has dimensions with values below -1 (where -1 means unknown)", text);
    }
    if (d >= 0 && __builtin_mul_overflow(product, d, &product)) {
      return invalid_argument("Shape {} is too large (more than 2**63 - 1 entries)", shape.str());
    }
  }
  return shape;
}

void shape_to_proto(const Shape& shape, tensorflow::TensorShapeProto* proto) {
  proto->Clear();
  if (!shape.known_rank()) proto->set_unknown_rank(true);
  for (const int64_t d : shape) proto->add_dim()->set_size(d);
}

StatusOr<Tensor> repeated(const Tensor& value, const Shape& shape) {
  if (value.num_elements() != 1) return invalid_argument("Cannot repeat a tensor of shape {}", value.shape().str());
  ASSIGN_OR_RETURN(Tensor t, allocate_tensor(value.dtype(), shape));
  with_type(kAllTypes, t.dtype(), [&]<typename T>() { std::ranges::fill(t.flat<T>(), value.item<T>()); });
  t.buffer()->set_proto_form(std::min<int64_t>(t.num_elements(), 1));
  return t;
}

}  // namespace reflow
