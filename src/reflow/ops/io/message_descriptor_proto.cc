#include "reflow/ops/io/message_descriptor_proto.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <cstring>
#include <utility>

#include "reflow/io/file.h"

namespace reflow::ops {
namespace {

namespace pb = google::protobuf;

constexpr std::string_view kBytes = "bytes://", kFile = "file://", kLocal = "local://";

// The messages of errors go nowhere: a Status says them.
class Silence : public pb::DescriptorPool::ErrorCollector, public pb::io::ErrorCollector {
 public:
  void AddError(const std::string&, const std::string&, const pb::Message*, ErrorLocation, const std::string&) override {}
  void AddError(int, int, const std::string&) override {}
};

Status bad_source() { return invalid_argument("Source does not represent serialized file descriptor set proto."); }

// Adds the files of a FileDescriptorSet to the pool, each after those that it imports.
Status add_files(std::string_view serialized, pb::DescriptorPool* pool) {
  pb::FileDescriptorSet files;
  if (serialized.size() > INT32_MAX || !files.ParseFromArray(serialized.data(), static_cast<int>(serialized.size()))) {
    return bad_source();
  }
  Silence silence;
  for (const pb::FileDescriptorProto& file : files.file()) {
    if (pool->BuildFileCollectingErrors(file, &silence) == nullptr) {
      return invalid_argument("Failed to load FileDescriptorProto: {}", file.name());
    }
  }
  return OkStatus();
}

uint64_t bits_of(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

uint64_t default_bits(const pb::FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32: return static_cast<uint64_t>(int64_t{field.default_value_int32()});
    case pb::FieldDescriptor::CPPTYPE_INT64: return static_cast<uint64_t>(field.default_value_int64());
    case pb::FieldDescriptor::CPPTYPE_UINT32: return field.default_value_uint32();
    case pb::FieldDescriptor::CPPTYPE_UINT64: return field.default_value_uint64();
    case pb::FieldDescriptor::CPPTYPE_DOUBLE: return bits_of(field.default_value_double());
    case pb::FieldDescriptor::CPPTYPE_FLOAT: return bits_of(double{field.default_value_float()});
    case pb::FieldDescriptor::CPPTYPE_BOOL: return field.default_value_bool() ? 1 : 0;
    case pb::FieldDescriptor::CPPTYPE_ENUM: return static_cast<uint64_t>(int64_t{field.default_value_enum()->number()});
    default: return 0;
  }
}

class Descriptor : public MessageDescriptor {
 public:
  Descriptor(std::unique_ptr<pb::DescriptorPool> pool, const pb::Descriptor* descriptor)
      : pool_(std::move(pool)), factory_(pool_.get()), descriptor_(descriptor) {}

  StatusOr<MessageField> field(const std::string& name) const override {
    const pb::FieldDescriptor* field = descriptor_->FindFieldByName(name);
    if (field == nullptr) return invalid_argument("Unknown field: {} in message type {}", name, descriptor_->full_name());
    MessageField result{.name = name, .number = static_cast<uint32_t>(field->number()),
                        .type = static_cast<FieldType>(field->type()), .is_repeated = field->is_repeated(),
                        .is_packed = field->is_packed()};
    if (field->is_repeated()) return result;
    result.default_bits = default_bits(*field);
    if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) result.default_text = field->default_value_string();
    return result;
  }

  StatusOr<std::string> from_text(const std::string& text) const override {
    const std::unique_ptr<pb::Message> message(factory_.GetPrototype(descriptor_)->New());
    Silence silence;
    pb::TextFormat::Parser parser;
    parser.RecordErrorsTo(&silence);
    if (!parser.ParseFromString(text, message.get())) return data_loss("Unable to parse text protobuf");
    return message->SerializePartialAsString();
  }

  StatusOr<std::string> rewritten(const std::string& bytes) const override {
    const std::unique_ptr<pb::Message> message(factory_.GetPrototype(descriptor_)->New());
    if (!message->ParseFromString(bytes)) return data_loss("Unable to parse binary protobuf");
    return message->SerializePartialAsString();
  }

  const std::string& name() const override { return descriptor_->full_name(); }

 private:
  std::unique_ptr<pb::DescriptorPool> pool_;  // null: it is of TensorFlow's own
  mutable pb::DynamicMessageFactory factory_;
  const pb::Descriptor* descriptor_;
};

}  // namespace

int MessageField::wire_type() const {
  switch (type) {
    case FieldType::kDouble: case FieldType::kFixed64: case FieldType::kSfixed64: return 1;
    case FieldType::kFloat: case FieldType::kFixed32: case FieldType::kSfixed32: return 5;
    case FieldType::kString: case FieldType::kMessage: case FieldType::kBytes: return 2;
    case FieldType::kGroup: return 3;
    default: return 0;
  }
}

bool fits(FieldType type, DType dtype) {
  switch (type) {
    case FieldType::kDouble: return dtype == DType::kFloat64;
    case FieldType::kFloat: return dtype == DType::kFloat32 || dtype == DType::kFloat64;
    case FieldType::kInt64: case FieldType::kSfixed64: case FieldType::kSint64: return dtype == DType::kInt64;
    case FieldType::kUint64: case FieldType::kFixed64: return dtype == DType::kUint64;
    case FieldType::kInt32: case FieldType::kSfixed32: case FieldType::kSint32:
      return dtype == DType::kInt32 || dtype == DType::kInt64;
    case FieldType::kUint32: case FieldType::kFixed32: return dtype == DType::kUint32 || dtype == DType::kUint64;
    case FieldType::kBool: return dtype == DType::kBool;
    case FieldType::kEnum: return dtype == DType::kInt32;
    default: return dtype == DType::kString;
  }
}

StatusOr<std::shared_ptr<const MessageDescriptor>> MessageDescriptor::find(const std::string& source,
                                                                           const std::string& message_type) {
  std::unique_ptr<pb::DescriptorPool> pool;
  if (!source.empty() && source != kLocal) {
    pool = std::make_unique<pb::DescriptorPool>();
    if (source.starts_with(kBytes)) {
      RETURN_IF_ERROR(add_files(std::string_view(source).substr(kBytes.size()), pool.get()));
    } else {
      const auto file = io::read_file(source.starts_with(kFile) ? source.substr(kFile.size()) : source);
      if (!file.ok()) return bad_source();
      RETURN_IF_ERROR(add_files(*file, pool.get()));
    }
  }
  const pb::DescriptorPool* all = pool ? pool.get() : pb::DescriptorPool::generated_pool();
  const pb::Descriptor* descriptor = all->FindMessageTypeByName(message_type);
  if (descriptor == nullptr) return invalid_argument("No descriptor found for message type {}", message_type);
  return std::make_shared<const Descriptor>(std::move(pool), descriptor);
}

}  // namespace reflow::ops
