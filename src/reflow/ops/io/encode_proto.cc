// EncodeProto: serialized messages of tensors with the values of their fields.

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "reflow/formats/wire_writer.h"
#include "reflow/op/op.h"
#include "reflow/ops/io/message_descriptor_proto.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;
using formats::WireWriter;

uint64_t zigzag(int64_t v) { return static_cast<uint64_t>(v) << 1 ^ static_cast<uint64_t>(v >> 63); }

template <typename T>
void append_raw(T value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

uint64_t integer_at(const Tensor& t, int64_t i) {
  switch (t.dtype()) {
    case DType::kInt32: return static_cast<uint64_t>(int64_t{t.data<int32_t>()[i]});
    case DType::kUint32: return t.data<uint32_t>()[i];
    case DType::kUint64: return t.data<uint64_t>()[i];
    case DType::kBool: return t.data<bool>()[i] ? 1 : 0;
    default: return static_cast<uint64_t>(t.data<int64_t>()[i]);
  }
}

// The bytes of element i as a value of the field, without its tag.
void append_value(FieldType type, const Tensor& t, int64_t i, std::string* out) {
  const auto number = [&] { return t.dtype() == DType::kFloat64 ? t.data<double>()[i] : double{t.data<float>()[i]}; };
  switch (type) {
    case FieldType::kDouble: return append_raw(number(), out);
    case FieldType::kFloat: return append_raw(static_cast<float>(number()), out);
    case FieldType::kFixed64: case FieldType::kSfixed64: return append_raw(integer_at(t, i), out);
    case FieldType::kFixed32: case FieldType::kSfixed32: return append_raw(static_cast<uint32_t>(integer_at(t, i)), out);
    case FieldType::kString: case FieldType::kMessage: case FieldType::kBytes: {
      const std::string& text = t.data<std::string>()[i];
      WireWriter(out).varint(text.size());
      out->append(text);
      return;
    }
    case FieldType::kGroup: out->append(t.data<std::string>()[i]); return;
    // Of wider tensors the low half is written, with its sign.
    case FieldType::kInt32: case FieldType::kEnum:
      return WireWriter(out).varint(static_cast<uint64_t>(int64_t{static_cast<int32_t>(integer_at(t, i))}));
    case FieldType::kUint32: return WireWriter(out).varint(static_cast<uint32_t>(integer_at(t, i)));
    case FieldType::kSint32: return WireWriter(out).varint(static_cast<uint32_t>(zigzag(static_cast<int32_t>(integer_at(t, i)))));
    case FieldType::kSint64: return WireWriter(out).varint(zigzag(static_cast<int64_t>(integer_at(t, i))));
    default: return WireWriter(out).varint(integer_at(t, i));
  }
}

class EncodeProto : public Kernel {
 public:
  explicit EncodeProto(KernelInit& c) { if (Status status = init(c); !status.ok()) c.fail(std::move(status)); }

  Status compute(KernelContext& c) override {
    const Tensor& sizes = c.input(0);
    const int64_t num_fields = static_cast<int64_t>(fields_.size());
    Shape prefix;
    for (int64_t f = 0; f < num_fields; ++f) {
      const Tensor& values = c.input(static_cast<int>(f) + 1);
      if (values.rank() < 1) return invalid_argument("All value tensors must be at least rank 1");
      Shape batch = values.shape().sub_shape(0, values.rank() - 1);
      if (f > 0 && batch != prefix) {
        return invalid_argument("Values must match up to the last dimension");
      }
      prefix = std::move(batch);
    }
    Shape expected = prefix;
    expected.add_dim(num_fields);
    if (sizes.shape() != expected) {
      return invalid_argument("sizes should be batch_size + [len(field_names)].  Saw: {} but expected: {}", sizes.shape().str(),
                              expected.str());
    }
    for (int64_t m = 0; m < c.output(0).num_elements(); ++m) {
      for (size_t f : order_) {
        const int32_t size = sizes.data<int32_t>()[m * num_fields + static_cast<int64_t>(f)];
        const Tensor& values = c.input(static_cast<int>(f) + 1);
        const int64_t most = values.dim(values.rank() - 1);
        if (size > most) {
          return invalid_argument("Size to write must not be larger than value tensor; but saw: {} > {} at message {} field {}",
                                  size, most, m, f);
        }
        if (size > 0) append_field(fields_[f], values, m * most, size, c.output(0).data<std::string>() + m);
      }
    }
    return OkStatus();
  }

 private:
  Status init(KernelInit& c) {
    const auto names = c.attr<std::vector<std::string>>("field_names");
    const auto types = c.attr<std::vector<DType>>("Tinput_types");
    if (names.size() != types.size()) {
      return invalid_argument("Length of attr field_names must equal number of input tensors. But got {} != {}", names.size(),
                              types.size());
    }
    ASSIGN_OR_RETURN(const auto descriptor, MessageDescriptor::find(c.attr<std::string>("descriptor_source"),
                                                                    c.attr<std::string>("message_type")));
    for (size_t f = 0; f < names.size(); ++f) {
      ASSIGN_OR_RETURN(MessageField field, descriptor->field(names[f]));
      if (!fits(field.type, types[f])) {
        return invalid_argument("Incompatible type for field {}.  Saw dtype: {} but field type is: {}", names[f],
                                dtype_spec_name(types[f]), type_name(field.type));
      }
      fields_.push_back(std::move(field));
    }
    // Messages have their fields by number.
    order_.resize(fields_.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](size_t a, size_t b) { return fields_[a].number < fields_[b].number; });
    return OkStatus();
  }

  static const char* type_name(FieldType type) {
    constexpr const char* kNames[] = {"", "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string",
                                      "group", "message", "bytes", "uint32", "enum", "sfixed32", "sfixed64", "sint32", "sint64"};
    return kNames[static_cast<int>(type)];
  }

  static void append_field(const MessageField& field, const Tensor& values, int64_t first, int64_t count, std::string* out) {
    WireWriter writer(out);
    if (field.is_packed) {
      std::string packed;
      for (int64_t i = first; i < first + count; ++i) append_value(field.type, values, i, &packed);
      return writer.message(field.number, packed);
    }
    for (int64_t i = first; i < first + count; ++i) {
      writer.varint(uint64_t{field.number} << 3 | static_cast<uint64_t>(field.wire_type()));
      append_value(field.type, values, i, out);
      if (field.type == FieldType::kGroup) writer.varint(uint64_t{field.number} << 3 | 4);
    }
  }

  std::vector<MessageField> fields_;
  std::vector<size_t> order_;
};

// All but the last dimension.
Shape batch_of(const Shape& shape) {
  return shape.known_rank() ? shape.sub_shape(0, shape.rank() - 1) : Shape::unknown();
}

Status encode_proto_shape(ShapeContext& c) {
  Shape sizes = c.input(0), values;
  if (c.concrete()) {
    if (sizes.rank() < 1) return invalid_argument("sizes should be batch_size + [len(field_names)].  Saw: {}", sizes.str());
  } else {
    RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 2, &sizes));
    for (int i = 1; i < c.num_inputs(); ++i) RETURN_IF_ERROR(c.with_rank_at_least(c.input(i), 1, &values));
  }
  c.set_output(0, batch_of(sizes));
  return OkStatus();
}

REFLOW_OP("EncodeProto")
    .input("sizes: int32")
    .input("values: Tinput_types")
    .output("bytes: string")
    .attr("field_names: list(string)")
    .attr("message_type: string")
    .attr("descriptor_source: string = 'local://'")
    .attr("Tinput_types: list(type) >= 1")
    .doc("Serialized messages of a type: of each field in `field_names` as many of its `values` as `sizes` says. See "
         "DecodeProtoV2 for `descriptor_source`.")
    .shape(encode_proto_shape)
    .kernel<EncodeProto>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
