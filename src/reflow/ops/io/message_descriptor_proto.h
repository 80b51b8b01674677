#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/tensor/dtype.h"

namespace reflow::ops {

// The types of fields, with the numbers that descriptors have for them.
enum class FieldType {
  kDouble = 1, kFloat, kInt64, kUint64, kInt32, kFixed64, kFixed32, kBool, kString, kGroup, kMessage, kBytes, kUint32, kEnum,
  kSfixed32, kSfixed64, kSint32, kSint64,
};

// One field of a type of messages.
struct MessageField {
  std::string name;
  uint32_t number = 0;
  FieldType type{};
  bool is_repeated = false, is_packed = false;
  // What an optional field has that isn't there: of numbers the bits, of a float those of a double.
  uint64_t default_bits = 0;
  std::string default_text;

  // The wire type of one value: 0 varint, 1 eight bytes, 2 a string, 3 a group, 5 four bytes.
  int wire_type() const;
};

// May values of `type` be elements of a tensor of `dtype`, and the other way round?
bool fits(FieldType type, DType dtype);

// A type of messages, of which programs know the name and the descriptors. Thread-safe.
class MessageDescriptor {
 public:
  // `source`: "local://" or nothing for the messages of TensorFlow itself, "bytes://" and a serialized FileDescriptorSet, or
  // the name of a file with one. InvalidArgument: no such source, or no such type in it.
  static StatusOr<std::shared_ptr<const MessageDescriptor>> find(const std::string& source, const std::string& message_type);
  virtual ~MessageDescriptor() = default;

  // InvalidArgument: "Unknown field: {} in message type {}".
  virtual StatusOr<MessageField> field(const std::string& name) const = 0;
  // The bytes of a message in text format. DataLoss: "Unable to parse text protobuf".
  virtual StatusOr<std::string> from_text(const std::string& text) const = 0;
  // The bytes of a message as protobuf itself writes it. DataLoss: "Unable to parse binary protobuf".
  virtual StatusOr<std::string> rewritten(const std::string& bytes) const = 0;
  virtual const std::string& name() const = 0;
};

}  // namespace reflow::ops
