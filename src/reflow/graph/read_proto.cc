#include "reflow/graph/read_proto.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "reflow/io/file.h"

namespace reflow::graph {
namespace {

// Keeps what the parser says, which would go to standard error otherwise.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = fmt::format("{}:{}: {}", line + 1, column + 1, message);
  }
  std::string text;
};

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Text has no control characters but blanks; the lengths in binary messages are such.
bool looks_binary(std::string_view content) {
  return std::ranges::any_of(content.substr(0, 4096), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r'; });
}

bool read_varint(std::string_view bytes, size_t* at, uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < 64 && *at < bytes.size(); shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes[(*at)++]);
    *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// The offset of the innermost field that can't be read; none: all can be, as far as lengths tell.
std::optional<size_t> find_damage(std::string_view bytes, const Descriptor* type, size_t base, int depth) {
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t field_start = base + at;
    uint64_t tag = 0, length = 0;
    if (depth > 100 || !read_varint(bytes, &at, &tag) || tag >> 3 == 0) return field_start;
    switch (tag & 7) {
      case 0:
        if (!read_varint(bytes, &at, &length)) return field_start;
        length = 0;
        break;
      case 1: length = 8; break;
      case 2:
        if (!read_varint(bytes, &at, &length)) return field_start;
        break;
      case 5: length = 4; break;
      default: return field_start;
    }
    if (length > bytes.size() - at) return field_start;
    const FieldDescriptor* field = type->FindFieldByNumber(static_cast<int>(tag >> 3));
    if ((tag & 7) == 2 && field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE) {
      if (const auto inner = find_damage(bytes.substr(at, length), field->message_type(), base + at, depth + 1)) return inner;
    }
    at += length;
  }
  return std::nullopt;
}

}  // namespace

Status read_proto(const std::string& path, google::protobuf::Message* proto) {
  ASSIGN_OR_RETURN(const std::string content, io::read_file(path));
  if (proto->ParseFromString(content)) return OkStatus();
  if (looks_binary(content)) {
    const std::optional<size_t> offset = find_damage(content, proto->GetDescriptor(), 0, 0);
    proto->Clear();
    const std::string& kind = proto->GetDescriptor()->name();
    if (!offset) return data_loss("{} is no {}: a text in it is not UTF-8", path, kind);
    return data_loss("{} is no {}: the field at byte {} of {} can't be read", path, kind, *offset, content.size());
  }
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(100);
  if (parser.ParseFromString(content, proto)) return OkStatus();
  proto->Clear();
  return data_loss("{} is no {}, neither binary nor text: {}", path, proto->GetDescriptor()->name(), error.text);
}

std::string serialize(const google::protobuf::Message& proto) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    proto.SerializeToCodedStream(&coded);
  }
  return bytes;
}

Status write_proto(const std::string& path, const google::protobuf::Message& proto, bool as_text) {
  std::string content;
  if (as_text) google::protobuf::TextFormat::PrintToString(proto, &content);
  else content = serialize(proto);
  const std::string beside = path + ".tmp";
  RETURN_IF_ERROR(io::write_file(beside, content));
  return io::rename_file(beside, path);
}

}  // namespace reflow::graph
