// Graphs that no program means: each ends in an error, or in time, and never in a crash.

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>


#include "reflow/graph/graph_def.h"
#include "reflow/runtime/session.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::runtime {
namespace {

const char kConst[] =
    "node { name: 'c' op: 'Const' attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'value' value { tensor { dtype: "
    "DT_FLOAT tensor_shape {} float_val: 1 } } } } ";
const char kTrue[] =
    "node { name: 't' op: 'Const' attr { key: 'dtype' value { type: DT_BOOL } } attr { key: 'value' value { tensor { dtype: "
    "DT_BOOL tensor_shape {} bool_val: true } } } } ";

std::string node(const std::string& name, const std::string& op, std::vector<std::string> inputs, const std::string& attrs = "") {
  std::string text = fmt::format("node {{ name: '{}' op: '{}' ", name, op);
  for (const std::string& input : inputs) text += fmt::format("input: '{}' ", input);
  return text + "attr { key: 'T' value { type: DT_FLOAT } } " + attrs + "} ";
}
std::string frame(const std::string& name) { return fmt::format("attr {{ key: 'frame_name' value {{ s: '{}' }} }}", name); }

// Imports the graph and runs `target`; the first error.
Status run(const std::string& text, const char* target, SessionOptions options = {}) {
  tensorflow::GraphDef proto;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &proto)) << text;
  graph::Graph graph;
  graph::ImportOptions import;
  import.prefix = "";
  RETURN_IF_ERROR(graph::import_graph_def(proto, import, &graph).status());
  if (options.operation_timeout_ms == 0) options.operation_timeout_ms = 2000;
  ASSIGN_OR_RETURN(const std::unique_ptr<DirectSession> session, DirectSession::create(&graph, options));
  Signature signature;
  signature.fetches = {graph.find(target)->output(0)};
  std::vector<Tensor> results;
  return session->run(signature, {}, &results);
}

bool says(const Status& status, std::string_view part) { return message_of(status).find(part) != std::string_view::npos; }

TEST(HostileGraph, ExitOutsideOfALoop) {
  const Status status = run(kConst + node("e", "Exit", {"c"}), "e");
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << status;
}

TEST(HostileGraph, NextIterationOutsideOfALoop) {
  const Status status = run(kConst + node("m", "Merge", {"c", "n"}, "attr { key: 'N' value { i: 2 } }") +
                                node("n", "NextIteration", {"m"}), "n");
  EXPECT_FALSE(status.ok());
}

TEST(HostileGraph, LoopWithoutAnEnd) {
  const std::string text = std::string(kConst) + kTrue + node("e", "Enter", {"c"}, frame("f")) +
                           node("m", "Merge", {"e", "n"}, "attr { key: 'N' value { i: 2 } }") +
                           node("n", "NextIteration", {"m"}) + node("x", "Exit", {"m"});
  SessionOptions options;
  options.operation_timeout_ms = 50;
  EXPECT_EQ(run(text, "x", options).code(), StatusCode::kDeadlineExceeded);
}

TEST(HostileGraph, InputsFromDifferentFrames) {
  const Status status = run(kConst + node("a", "Enter", {"c"}, frame("f")) + node("b", "Enter", {"c"}, frame("g")) +
                                node("s", "AddV2", {"a", "b"}), "s");
  EXPECT_TRUE(says(status, "has inputs from different frames")) << status;
}

TEST(HostileGraph, FetchWithinALoop) {
  EXPECT_FALSE(run(kConst + node("a", "Enter", {"c"}, frame("f")), "a").ok());
}

TEST(HostileGraph, CycleOutsideOfLoops) {
  const Status status = run(kConst + node("a", "AddV2", {"c", "b"}) + node("b", "AddV2", {"a", "c"}), "b");
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << status;
}

TEST(HostileGraph, NobodySends) {
  const std::string recv =
      "node { name: 'r' op: '_Recv' attr { key: 'tensor_type' value { type: DT_FLOAT } } attr { key: 'tensor_name' value { s: "
      "'x' } } attr { key: 'send_device' value { s: 'a' } } attr { key: 'recv_device' value { s: 'b' } } attr { key: "
      "'send_device_incarnation' value { i: 1 } } }";
  SessionOptions options;
  options.operation_timeout_ms = 50;
  EXPECT_EQ(run(recv, "r", options).code(), StatusCode::kDeadlineExceeded);
}

TEST(HostileGraph, FunctionsThatCallEachOther) {
  const auto function = [](const char* name, const char* other) {
    return fmt::format("function {{ signature {{ name: '{0}' input_arg {{ name: 'x' type: DT_FLOAT }} output_arg {{ name: 'y' "
                       "type: DT_FLOAT }} }} node_def {{ name: 'n' op: '{1}' input: 'x' }} ret {{ key: 'y' value: 'n:y:0' }} }} ",
                       name, other);
  };
  const std::string library = "library { " + function("F", "G") + function("G", "F") + "} ";
  EXPECT_FALSE(run(kConst + std::string("node { name: 'f' op: 'F' input: 'c' } ") + library, "f").ok());
}

// Each function calls the one before it twice: 2^40 additions, if anyone were to make them.
TEST(HostileGraph, FunctionsThatGrowEndInTime) {
  std::string library = "library { ";
  for (int i = 0; i < 40; ++i) {
    const std::string inner = i == 0 ? "" : fmt::format("F{}", i - 1);
    const std::string attrs = i == 0 ? "attr { key: 'T' value { type: DT_FLOAT } }" : "";
    library += fmt::format("function {{ signature {{ name: 'F{0}' input_arg {{ name: 'x' type: DT_FLOAT }} output_arg {{ name: 'y' "
                           "type: DT_FLOAT }} }} node_def {{ name: 'a' op: '{1}' input: 'x' {2} }} node_def {{ name: 'b' op: '{1}' "
                           "input: 'a:y:0' {2} }} ret {{ key: 'y' value: 'b:y:0' }} }} ",
                           i, i == 0 ? "Neg" : inner, attrs);
  }
  library += "} ";
  SessionOptions options;
  options.operation_timeout_ms = 50;
  const Status status = run(kConst + std::string("node { name: 'f' op: 'F39' input: 'c' } ") + library, "f", options);
  EXPECT_FALSE(status.ok()) << "2^40 operations in 50 ms";
}

// The value of a constant whose attributes contradict each other isn't taken for one of the type that they promise.
TEST(HostileGraph, ConstantOfAnotherTypeThanItSays) {
  const std::string text =
      "node { name: 'x' op: 'Placeholder' attr { key: 'dtype' value { type: DT_STRING } } attr { key: 'shape' value { shape { dim "
      "{ size: 2 } } } } } "
      "node { name: 'axes' op: 'Const' attr { key: 'dtype' value { type: DT_INT32 } } attr { key: 'value' value { tensor { dtype: "
      "DT_INT64 tensor_shape { dim { size: 1 } } int64_val: 0 } } } } "
      "node { name: 'y' op: 'ReduceJoin' input: 'x' input: 'axes' }";
  EXPECT_FALSE(run(text, "y").ok());
}

TEST(HostileGraph, TypesThatNoKernelHas) {
  std::string text = kConst;
  text +=
      "node { name: 'q' op: 'Const' attr { key: 'dtype' value { type: DT_QINT16 } } attr { key: 'value' value { tensor { dtype: "
      "DT_QINT16 tensor_shape {} int_val: 1 } } } } "
      "node { name: 'y' op: 'Requantize' input: 'q' input: 'c' input: 'c' input: 'c' input: 'c' attr { key: 'Tinput' value { "
      "type: DT_QINT16 } } attr { key: 'out_type' value { type: DT_QUINT8 } } }";
  const Status status = run(text, "y");
  EXPECT_TRUE(says(status, "No OpKernel was registered to support Op 'Requantize'")) << status;
}

}  // namespace
}  // namespace reflow::runtime
