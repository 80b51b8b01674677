#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/graph.pb.h"

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

Status read_graph_def(const std::string& path, tensorflow::GraphDef* proto) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return not_found("{}; {}", path, std::strerror(errno));
  std::stringstream stream;
  stream << file.rdbuf();
  const std::string content = std::move(stream).str();
  if (file.bad()) return data_loss("{}; read error", path);
  if (proto->ParseFromString(content)) return OkStatus();
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  if (parser.ParseFromString(content, proto)) return OkStatus();
  proto->Clear();
  return data_loss("{} is no GraphDef, neither binary nor text: {}", path, error.text);
}

}  // namespace reflow::graph
