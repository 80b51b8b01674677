// Bytes of strings taken for numbers.

#include <algorithm>
#include <cstring>
#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Reverses the bytes of `n` units of `size` bytes.
void swap_bytes(char* data, int64_t n, int size) {
  for (int64_t i = 0; i < n; ++i) std::reverse(data + i * size, data + (i + 1) * size);
}

class DecodeRaw : public Kernel {
 public:
  explicit DecodeRaw(KernelInit& c)
      : type_(c.attr<DType>("out_type")), little_endian_(c.attr<bool>("little_endian")) {}

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    Shape shape = in.shape();
    shape.add_dim(0);
    if (in.num_elements() == 0) return c.allocate_output(0, shape);
    const std::string* strings = in.data<std::string>();
    const auto length = static_cast<int64_t>(strings[0].size());
    for (int64_t i = 1; i < in.num_elements(); ++i) {
      if (strings[i].size() == strings[0].size()) continue;
      return invalid_argument("DecodeRaw requires input strings to all be the same size, but element {} has size {} != {}",
                              i, length, strings[i].size());
    }
    const int size = dtype_size(type_);
    if (length % size != 0) {
      return invalid_argument("Input to DecodeRaw has length {} that is not a multiple of {}, the size of {}", length, size,
                              dtype_spec_name(type_));
    }
    shape.set_dim(shape.rank() - 1, length / size);
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    char* out = static_cast<char*>(c.output(0).raw_data());
    for (int64_t i = 0; i < in.num_elements(); ++i) {
      if (length > 0) std::memcpy(out + i * length, strings[i].data(), static_cast<size_t>(length));
    }
    if (type_ == DType::kBool) {
      for (int64_t i = 0; i < c.output(0).num_elements(); ++i) out[i] = out[i] != 0;
    }
    // Of a complex number all bytes are reversed, as in TensorFlow: its parts change places.
    if (!little_endian_ && size > 1) swap_bytes(out, c.output(0).num_elements(), size);
    return OkStatus();
  }

 private:
  DType type_;
  bool little_endian_;
};

Status decode_raw_shape(ShapeContext& c) {
  Shape shape = c.input(0);
  if (c.concrete() || !shape.known_rank()) return unknown_shape(c);
  shape.add_dim(Shape::kUnknown);
  c.set_output(0, std::move(shape));
  return OkStatus();
}

constexpr Types<Half, float, double, int32_t, uint16_t, uint8_t, int16_t, int8_t, int64_t> kPaddedTypes{};

REFLOW_OP("DecodeRaw")
    .input("bytes: string")
    .output("output: out_type")
    .attr("out_type: {half, float, double, int32, uint16, uint8, int16, int8, int64, complex64, complex128, bool}")
    .attr("little_endian: bool = true")
    .doc("The bytes of each string as a vector of numbers: one more dimension than `bytes` has. All strings have the same "
         "length.")
    .shape(decode_raw_shape)
    .kernel_for<DecodeRaw>(kCpu, kPaddedTypes + kComplexTypes + Types<bool>{}, "out_type")
    .not_differentiable();

class DecodePaddedRaw : public Kernel {
 public:
  explicit DecodePaddedRaw(KernelInit& c)
      : type_(c.attr<DType>("out_type")), little_endian_(c.attr<bool>("little_endian")) {}

  Status compute(KernelContext& c) override {
    const Tensor &in = c.input(0), &fixed_length = c.input(1);
    if (fixed_length.rank() != 0) return invalid_argument("k must be scalar, got shape {}", fixed_length.shape().str());
    const int64_t length = fixed_length.item<int32_t>();
    const int size = dtype_size(type_);
    if (length % size != 0) {
      return invalid_argument("fixed_length ({}) must be a multiple of the size of out_type ({})", length, size);
    }
    if (length <= 0) return invalid_argument("fixed_length ({}) must be greater than zero.", length);
    Shape shape = in.shape();
    shape.add_dim(length / size);
    RETURN_IF_ERROR(c.allocate_output(0, shape));
    char* out = static_cast<char*>(c.output(0).raw_data());
    for (const std::string& s : in.flat<std::string>()) {
      const size_t n = std::min(s.size(), static_cast<size_t>(length));
      std::memcpy(out, s.data(), n);
      std::memset(out + n, 0, static_cast<size_t>(length) - n);
      out += length;
    }
    if (!little_endian_ && size > 1) {
      swap_bytes(static_cast<char*>(c.output(0).raw_data()), c.output(0).num_elements(), size);
    }
    return OkStatus();
  }

 private:
  DType type_;
  bool little_endian_;
};

Status decode_padded_raw_shape(ShapeContext& c) {
  Shape shape = c.input(0);
  if (c.concrete()) return unknown_shape(c);
  int64_t length, width;
  RETURN_IF_ERROR(c.dim_from_scalar(1, &length));
  RETURN_IF_ERROR(divide_dim(length, dtype_size(c.attr_or("out_type", DType::kUint8)), true, &width));
  if (!shape.known_rank()) return unknown_shape(c);
  shape.add_dim(width);
  c.set_output(0, std::move(shape));
  return OkStatus();
}

REFLOW_OP("DecodePaddedRaw")
    .input("input_bytes: string")
    .input("fixed_length: int32")
    .output("output: out_type")
    .attr("out_type: {half, float, double, int32, uint16, uint8, int16, int8, int64}")
    .attr("little_endian: bool = true")
    .doc("The bytes of each string, cut or filled up with zeros to `fixed_length`, as a vector of numbers.")
    .shape(decode_padded_raw_shape)
    .kernel_for<DecodePaddedRaw>(kCpu, kPaddedTypes, "out_type")
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
