#include "reflow/graph/read_proto.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

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

}  // namespace

Status read_proto(const std::string& path, google::protobuf::Message* proto) {
  ASSIGN_OR_RETURN(const std::string content, io::read_file(path));
  if (proto->ParseFromString(content)) return OkStatus();
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
