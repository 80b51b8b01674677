// DecodeProtoV2: fields of serialized messages as tensors.

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/formats/wire_reader.h"
#include "reflow/op/op.h"
#include "reflow/ops/io/message_descriptor_proto.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;
using formats::WireReader;

int64_t zigzag(uint64_t v) { return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1); }

// One value of a field: of numbers the bits (of floats those of a double), else the bytes.
struct FieldValue {
  uint64_t bits = 0;
  std::string_view text;
};

// Reads a value that begins here. False: the bytes end too early.
bool read_value(WireReader& reader, const MessageField& field, FieldValue* value) {
  uint64_t v = 0;
  uint32_t half = 0;
  float single = 0;
  double twice = 0;
  switch (field.type) {
    case FieldType::kDouble: case FieldType::kFixed64: case FieldType::kSfixed64: return reader.fixed(&value->bits);
    case FieldType::kFloat:
      if (!reader.fixed(&single)) return false;
      twice = single;
      std::memcpy(&value->bits, &twice, sizeof twice);
      return true;
    case FieldType::kFixed32:
      if (!reader.fixed(&half)) return false;
      value->bits = half;
      return true;
    case FieldType::kSfixed32:
      if (!reader.fixed(&half)) return false;
      value->bits = static_cast<uint64_t>(int64_t{static_cast<int32_t>(half)});
      return true;
    case FieldType::kString: case FieldType::kMessage: case FieldType::kBytes: return reader.bytes(&value->text);
    case FieldType::kGroup: {
      const char* begin = reader.position();
      if (!reader.skip(field.number << 3 | 3)) return false;
      // Without the tag that ends the group.
      int tag_size = 1;
      for (uint32_t tag = field.number << 3 | 4; tag >= 0x80; tag >>= 7) ++tag_size;
      value->text = {begin, static_cast<size_t>(reader.position() - begin - tag_size)};
      return true;
    }
    default: break;
  }
  if (!reader.varint(&v)) return false;
  switch (field.type) {
    case FieldType::kInt32: case FieldType::kEnum:
      v = static_cast<uint64_t>(int64_t{static_cast<int32_t>(static_cast<uint32_t>(v))});
      break;
    case FieldType::kUint32: v = static_cast<uint32_t>(v); break;
    case FieldType::kSint32: v = static_cast<uint64_t>(zigzag(static_cast<uint32_t>(v))); break;
    case FieldType::kSint64: v = static_cast<uint64_t>(zigzag(v)); break;
    case FieldType::kBool: v = v != 0; break;
    default: break;
  }
  value->bits = v;
  return true;
}

void put(const FieldValue& value, Tensor& out, int64_t i) {
  double number;
  std::memcpy(&number, &value.bits, sizeof number);
  switch (out.dtype()) {
    case DType::kString: out.data<std::string>()[i] = value.text; break;
    case DType::kFloat64: out.data<double>()[i] = number; break;
    case DType::kFloat32: out.data<float>()[i] = static_cast<float>(number); break;
    case DType::kInt64: out.data<int64_t>()[i] = static_cast<int64_t>(value.bits); break;
    case DType::kUint64: out.data<uint64_t>()[i] = value.bits; break;
    case DType::kInt32: out.data<int32_t>()[i] = static_cast<int32_t>(value.bits); break;
    case DType::kUint32: out.data<uint32_t>()[i] = static_cast<uint32_t>(value.bits); break;
    default: out.data<bool>()[i] = value.bits != 0;
  }
}

class DecodeProto : public Kernel {
 public:
  explicit DecodeProto(KernelInit& c)
      : types_(c.attr<std::vector<DType>>("output_types")), sanitize_(c.attr<bool>("sanitize")) {
    if (Status status = init(c); !status.ok()) c.fail(std::move(status));
  }

  Status compute(KernelContext& c) override {
    std::vector<std::string> rewritten;
    const Tensor& input = c.input(0);
    const auto messages = input.flat<std::string>();
    const auto bytes_of = [&](size_t i) -> std::string_view { return rewritten.empty() ? messages[i] : rewritten[i]; };
    if (is_text_ || sanitize_) {
      for (const std::string& message : messages) {
        ASSIGN_OR_RETURN(rewritten.emplace_back(), is_text_ ? descriptor_->from_text(message)
                                                           : descriptor_->rewritten(message));
      }
    }
    const int64_t num_messages = input.num_elements(), num_fields = static_cast<int64_t>(fields_.size());
    int32_t* sizes = c.output(0).data<int32_t>();
    std::fill_n(sizes, num_messages * num_fields, 0);
    std::vector<int64_t> longest(fields_.size(), 0);
    for (size_t f = 0; f < fields_.size(); ++f) longest[f] = fields_[f].is_repeated || num_messages == 0 ? 0 : 1;
    for (int64_t m = 0; m < num_messages; ++m) {
      int32_t* counts = sizes + m * num_fields;
      const auto count = [&](size_t f, const FieldValue&) { counts[f] = fields_[f].is_repeated ? counts[f] + 1 : 1; };
      if (!each_value(bytes_of(static_cast<size_t>(m)), count)) {
        return data_loss("CountFields: Failed to consume entire buffer");
      }
      for (size_t f = 0; f < fields_.size(); ++f) longest[f] = std::max(longest[f], int64_t{counts[f]});
    }
    for (size_t f = 0; f < fields_.size(); ++f) {
      Shape shape = input.shape();
      shape.add_dim(longest[f]);
      RETURN_IF_ERROR(c.allocate_output(static_cast<int>(f) + 1, shape));
      Tensor& out = c.output(static_cast<int>(f) + 1);
      for (int64_t i = 0; i < out.num_elements(); ++i) put({fields_[f].default_bits, fields_[f].default_text}, out, i);
    }
    std::vector<int64_t> next(fields_.size());
    for (int64_t m = 0; m < num_messages; ++m) {
      for (size_t f = 0; f < fields_.size(); ++f) next[f] = m * longest[f];
      (void)each_value(bytes_of(static_cast<size_t>(m)), [&](size_t f, const FieldValue& value) {
        put(value, c.output(static_cast<int>(f) + 1), fields_[f].is_repeated ? next[f]++ : next[f]);
      });
    }
    return OkStatus();
  }

 private:
  Status init(KernelInit& c) {
    const auto format = c.attr<std::string>("message_format");
    if (format != "binary" && format != "text") return invalid_argument("format must be one of binary or text");
    is_text_ = format == "text";
    const auto names = c.attr<std::vector<std::string>>("field_names");
    if (names.size() != types_.size()) {
      return invalid_argument("field_names and output_types attributes must have the same length");
    }
    ASSIGN_OR_RETURN(descriptor_, MessageDescriptor::find(c.attr<std::string>("descriptor_source"),
                                                          c.attr<std::string>("message_type")));
    for (size_t f = 0; f < names.size(); ++f) {
      ASSIGN_OR_RETURN(MessageField field, descriptor_->field(names[f]));
      if (!fits(field.type, types_[f])) {
        return invalid_argument("Unexpected output type for {}.{}: {} to {}", descriptor_->name(), names[f],
                                cpp_type(field.type), static_cast<int>(types_[f]));
      }
      by_number_[field.number] = f;  // of one that is named twice the last gets the values
      fields_.push_back(std::move(field));
    }
    return OkStatus();
  }

  // The number of protobuf's C++ type, which the error has.
  static int cpp_type(FieldType type) {
    switch (type) {
      case FieldType::kInt32: case FieldType::kSint32: case FieldType::kSfixed32: return 1;
      case FieldType::kInt64: case FieldType::kSint64: case FieldType::kSfixed64: return 2;
      case FieldType::kUint32: case FieldType::kFixed32: return 3;
      case FieldType::kUint64: case FieldType::kFixed64: return 4;
      case FieldType::kDouble: return 5;
      case FieldType::kFloat: return 6;
      case FieldType::kBool: return 7;
      case FieldType::kEnum: return 8;
      case FieldType::kString: case FieldType::kBytes: return 9;
      default: return 10;
    }
  }

  // Calls sink for each value of a wanted field. False: the bytes are no message.
  template <typename Sink>
  bool each_value(std::string_view message, Sink&& sink) const {
    WireReader reader(message);
    while (!reader.done()) {
      uint32_t tag;
      if (!reader.tag(&tag)) return false;
      const auto found = by_number_.find(tag >> 3);
      const MessageField* field = found == by_number_.end() ? nullptr : &fields_[found->second];
      const int wire_type = static_cast<int>(tag & 7);
      if (field != nullptr && wire_type == field->wire_type()) {
        FieldValue value;
        if (!read_value(reader, *field, &value)) return false;
        sink(found->second, value);
      } else if (field != nullptr && wire_type == 2 && field->is_repeated && field->wire_type() != 3) {
        std::string_view packed;
        if (!reader.bytes(&packed)) return false;
        WireReader values(packed);
        while (!values.done()) {
          FieldValue value;
          if (!read_value(values, *field, &value)) return false;
          sink(found->second, value);
        }
      } else if (!reader.skip(tag)) {
        return false;
      }
    }
    return true;
  }

  std::vector<DType> types_;
  bool sanitize_, is_text_ = false;
  std::shared_ptr<const MessageDescriptor> descriptor_;
  std::vector<MessageField> fields_;
  std::map<uint32_t, size_t> by_number_;
};

// `shape` with another dimension behind.
Shape with_dim(Shape shape, int64_t size) {
  if (shape.known_rank()) shape.add_dim(size);
  return shape;
}

Status decode_proto_shape(ShapeContext& c) {
  c.set_output(0, with_dim(c.input(0), c.num_outputs() - 1));
  for (int i = 1; i < c.num_outputs(); ++i) {
    c.set_output(i, c.concrete() ? Shape::unknown() : with_dim(c.input(0), Shape::kUnknown));
  }
  return OkStatus();
}

REFLOW_OP("DecodeProtoV2")
    .input("bytes: string")
    .output("sizes: int32")
    .output("values: output_types")
    .attr("message_type: string")
    .attr("field_names: list(string)")
    .attr("output_types: list(type) >= 0")
    .attr("descriptor_source: string = 'local://'")
    .attr("message_format: string = 'binary'")
    .attr("sanitize: bool = false")
    .doc("Fields of serialized messages of a type: how often each is in each message, and the values, filled up with the "
         "field's default. `descriptor_source` is local:// for TensorFlow's own messages, bytes:// with a FileDescriptorSet, or "
         "the name of a file with one.")
    .shape(decode_proto_shape)
    .kernel<DecodeProto>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
