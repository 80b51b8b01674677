// Ops that read text and bytes of programs' files, each with the bytes behind the first, which says which op: it ends in
// values or in an error. A file of comma-separated values goes through the op that decodes records and through the dataset.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "reflow/graph/node_builder.h"
#include "reflow/io/file.h"
#include "reflow/runtime/session.h"

namespace reflow::runtime {
namespace {

using graph::AttrMap;
using graph::Endpoint;
using graph::Node;

class ParsingOps {
 public:
  explicit ParsingOps(std::string bytes) : bytes_(std::move(bytes)) {}

  void run(unsigned choice) {
    switch (choice % 10) {
      case 0: return csv_records();
      case 1: return csv_file();
      case 2: return text("DecodeJSONExample", {});
      case 3: return text("DecodeCompressed", {{"compression_type", std::string(choice & 64 ? "GZIP" : "ZLIB")}});
      case 4: return text("ParseTensor", {{"out_type", choice & 64 ? DType::kString : DType::kFloat32}});
      case 5: return text("StringToNumber", {{"out_type", choice & 64 ? DType::kFloat64 : DType::kInt32}});
      case 6: return text("DecodeBase64", {});
      case 7: return text("DecodeRaw", {{"out_type", choice & 64 ? DType::kHalf : DType::kInt64}});
      case 8: return text("UnicodeTranscode", {{"input_encoding", std::string(choice & 64 ? "UTF-16-BE" : "UTF-8")},
                                               {"output_encoding", std::string("UTF-32-BE")}});
      default: return message();
    }
  }

 private:
  Node* op(std::string_view type, std::vector<graph::OpInput> inputs, AttrMap attrs) {
    const auto node = graph::create_op(graph_, type, std::move(inputs), std::move(attrs));
    if (!node.ok()) std::abort();
    return *node;
  }
  graph::OpInput constant(const Tensor& value) {
    return op("Const", {}, {{"value", value}, {"dtype", value.dtype()}})->output(0);
  }
  graph::OpInput string(std::string value) { return constant(Tensor::scalar(std::move(value))); }
  // Defaults of columns, of which the first two must be there.
  std::vector<Endpoint> columns() {
    const auto column = [&](const Tensor& value) {
      return op("Const", {}, {{"value", value}, {"dtype", value.dtype()}})->output(0);
    };
    return {column(Tensor(DType::kInt32, {0})), column(Tensor(DType::kString, {0})), column(Tensor::scalar(1.5f))};
  }

  void text(std::string_view type, AttrMap attrs) { fetch(op(type, {string(bytes_)}, std::move(attrs))); }

  void csv_records() { fetch(op("DecodeCSV", {string(bytes_), columns()}, {{"na_value", std::string("NA")}})); }

  // All of the file as one batch.
  void csv_file() {
    static const std::string path = "/tmp/reflow_fuzz_" + std::to_string(::getpid()) + ".csv";
    if (!io::write_file(path, bytes_).ok()) std::abort();
    const std::vector<DType> types{DType::kInt32, DType::kString, DType::kFloat32};
    const std::vector<Shape> scalars(3), vectors(3, Shape{Shape::kUnknown});
    Node* records = op("CSVDataset",
                       {string(path), string(""), constant(Tensor::scalar(int64_t{7})), constant(Tensor::scalar(false)),
                        string(","), constant(Tensor::scalar(true)), string("NA"), constant(Tensor(DType::kInt64, {0})),
                        columns()},
                       {{"output_types", types}, {"output_shapes", scalars}});
    Node* batch = op("BatchDatasetV2",
                     {records->output(0), constant(Tensor::scalar(int64_t{1000})), constant(Tensor::scalar(false))},
                     {{"output_types", types}, {"output_shapes", vectors}});
    fetch(op("DatasetToSingleElement", {batch->output(0)}, {{"output_types", types}, {"output_shapes", vectors}}));
  }

  // A message of a type that has scalars, strings and messages in it.
  void message() {
    fetch(op("DecodeProtoV2", {string(bytes_)},
             {{"message_type", std::string("tensorflow.NodeDef")},
              {"field_names", std::vector<std::string>{"name", "input", "attr"}},
              {"output_types", std::vector<DType>(3, DType::kString)}}));
  }

  void fetch(Node* node) {
    SessionOptions options;
    options.operation_timeout_ms = 1000;
    options.intra_op_parallelism_threads = 1;
    const auto session = DirectSession::create(&graph_, options);
    if (!session.ok()) return;
    Signature signature;
    for (int i = 0; i < node->num_outputs(); ++i) signature.fetches.push_back(node->output(i));
    std::vector<Tensor> results;
    (void)(*session)->run(signature, {}, &results);
    (void)(*session)->close();
  }

  const std::string bytes_;
  graph::Graph graph_;
};

}  // namespace
}  // namespace reflow::runtime

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  reflow::runtime::ParsingOps(std::string(reinterpret_cast<const char*>(data) + 1, size - 1)).run(data[0]);
  return 0;
}
