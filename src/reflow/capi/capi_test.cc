// The C program of program/ prints what it printed with TensorFlow 1.15.5, and the library shows the functions that that
// shows.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "tensorflow/c/c_api.h"

namespace {

std::string data(const std::string& file) { return std::string(std::getenv("REFLOW_TEST_DATA")) + "/c_api/" + file; }

// A file of the build, seen from this program.
std::string built(const std::string& file) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / file).string();
}

std::string output_of(const std::string& command) {
  FILE* const pipe = popen(command.c_str(), "r");
  std::string text;
  char block[4096];
  for (size_t n; (n = fread(block, 1, sizeof block, pipe)) > 0;) text.append(block, n);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

std::vector<std::string> lines_of(std::istream&& in) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class Program : public testing::TestWithParam<const char*> {};

TEST_P(Program, PrintsWhatItPrintsWithTensorFlow) {
  setenv("CAPI_SAVED_MODEL", data("saved_model").c_str(), 1);
  const auto expected = lines_of(std::ifstream(data(std::string("program/") + GetParam() + ".txt")));
  ASSERT_GT(expected.size(), 10u);
  const auto printed = lines_of(std::istringstream(output_of(built("reflow_capi_program ") + GetParam())));
  for (size_t i = 0; i < std::min(expected.size(), printed.size()); ++i) EXPECT_EQ(printed[i], expected[i]) << "line " << i + 1;
  EXPECT_EQ(printed.size(), expected.size());
}

INSTANTIATE_TEST_SUITE_P(Sections, Program,
                         testing::Values("values", "graph", "attributes", "import", "functions", "run", "control", "sessions", "registry",
                                         "eager"),
                         [](const auto& info) { return std::string(info.param); });

// The functions of the library, without the versions of symbols.
std::set<std::string> exported() {
  std::set<std::string> names;
  for (const std::string& line : lines_of(std::istringstream(output_of("nm -D --defined-only " + built("../lib/libtensorflow.so.1"))))) {
    if (line.find(" A ") != std::string::npos) continue;  // the version itself
    const std::string name = line.substr(line.rfind(' ') + 1);
    names.insert(name.substr(0, name.find('@')));
  }
  return names;
}

TEST(Library, ShowsTheFunctionsOfTensorFlowAndNoOthers) {
  std::map<std::string, std::set<std::string>> by_header;
  for (const std::string& line : lines_of(std::ifstream(data("symbols.txt")))) {
    const size_t space = line.find(' ');
    by_header[line.substr(0, space)].insert(line.substr(space + 1));
  }
  for (const std::string& line : lines_of(std::ifstream(data("missing.txt")))) {
    EXPECT_EQ(by_header.erase(line.substr(0, line.find(": "))), 1u) << line;
  }
  std::set<std::string> wanted;
  for (const auto& [header, names] : by_header) wanted.insert(names.begin(), names.end());
  EXPECT_GT(wanted.size(), 170u);
  EXPECT_EQ(exported(), wanted);
}

// What TensorFlow reads beyond its end.
TEST(Strings, ALengthThatIsTooLargeIsAnError) {
  TF_Status* const s = TF_NewStatus();
  const char* text;
  size_t length;
  TF_StringDecode("\x05" "abc", 4, &text, &length, s);
  EXPECT_EQ(TF_GetCode(s), TF_INVALID_ARGUMENT);
  EXPECT_STREQ(TF_Message(s), "invalid string encoding or truncated src buffer");
  TF_DeleteStatus(s);
}

TF_Operation* make(TF_Graph* g, const char* type, const char* name, std::initializer_list<TF_Output> inputs, TF_Status* s) {
  TF_OperationDescription* const d = TF_NewOperation(g, type, name);
  for (const TF_Output& input : inputs) TF_AddInput(d, input);
  if (inputs.size() == 0) TF_SetAttrType(d, "dtype", TF_FLOAT);
  TF_Operation* const op = TF_FinishOperation(d, s);
  EXPECT_EQ(TF_GetCode(s), TF_OK) << TF_Message(s);
  return op;
}

// TensorFlow takes its pointers as they are.
TEST(Graph, TensorsOfAnotherGraphAreErrors) {
  TF_Status* const s = TF_NewStatus();
  TF_Graph *const g = TF_NewGraph(), *const other = TF_NewGraph();
  TF_Output x{make(other, "Placeholder", "x", {}, s), 0}, y{make(g, "Placeholder", "y", {}, s), 0}, dy{nullptr, 0};
  TF_OperationDescription* d = TF_NewOperation(g, "Neg", "neg");
  TF_AddInput(d, x);
  EXPECT_EQ(TF_FinishOperation(d, s), nullptr);
  EXPECT_STREQ(TF_Message(s), "Node x was not found in the graph");
  d = TF_NewOperation(g, "NoOp", "wait");
  TF_AddControlInput(d, x.oper);
  EXPECT_EQ(TF_FinishOperation(d, s), nullptr);
  EXPECT_EQ(TF_GetCode(s), TF_INVALID_ARGUMENT);
  TF_AddGradients(g, &y, 1, &x, 1, nullptr, s, &dy);
  EXPECT_STREQ(TF_Message(s), "Node x was not found in the graph");
  EXPECT_EQ(TF_NewWhile(g, &x, 1, s).cond_graph, nullptr);
  EXPECT_EQ(TF_GetCode(s), TF_INVALID_ARGUMENT);
  TF_SessionOptions* const options = TF_NewSessionOptions();
  TF_Session* const session = TF_NewSession(g, options, s);
  TF_Tensor* result = nullptr;
  TF_SessionRun(session, nullptr, nullptr, nullptr, 0, &x, &result, 1, nullptr, 0, nullptr, s);
  EXPECT_EQ(TF_GetCode(s), TF_INVALID_ARGUMENT) << TF_Message(s);
  TF_DeleteSession(session, s);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(g);
  TF_DeleteGraph(other);
  TF_DeleteStatus(s);
}

// Several threads run one session while another adds operations to the graph.
TEST(Session, ThreadsShareASessionWhileItsGraphGrows) {
  TF_Status* const s = TF_NewStatus();
  TF_Graph* const g = TF_NewGraph();
  const TF_Output x{make(g, "Placeholder", "x", {}, s), 0}, sum{make(g, "Add", "sum", {x, x}, s), 0};
  TF_SessionOptions* const options = TF_NewSessionOptions();
  TF_Session* const session = TF_NewSession(g, options, s);
  const auto run = [&] {
    TF_Status* const status = TF_NewStatus();
    for (int i = 0; i < 200; ++i) {
      TF_Tensor* const value = TF_AllocateTensor(TF_FLOAT, nullptr, 0, sizeof(float));
      *static_cast<float*>(TF_TensorData(value)) = static_cast<float>(i);
      TF_Tensor* result = nullptr;
      TF_SessionRun(session, nullptr, &x, &value, 1, &sum, &result, 1, nullptr, 0, nullptr, status);
      ASSERT_EQ(TF_GetCode(status), TF_OK) << TF_Message(status);
      EXPECT_EQ(*static_cast<float*>(TF_TensorData(result)), 2.0f * static_cast<float>(i));
      TF_DeleteTensor(value);
      TF_DeleteTensor(result);
    }
    TF_DeleteStatus(status);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(run);
  for (int i = 0; i < 50; ++i) make(g, "Neg", ("neg" + std::to_string(i)).c_str(), {x}, s);
  for (std::thread& thread : threads) thread.join();
  TF_DeleteSession(session, s);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(g);
  TF_DeleteStatus(s);
}

// The caller's memory is read where it is, and is its own again when the tensor has been deleted.
TEST(Tensor, MemoryOfTheCallerIsLentAndNotWrittenTo) {
  alignas(64) static float values[2] = {1, 2};
  static int released = 0;
  TF_Status* const s = TF_NewStatus();
  TF_Graph* const g = TF_NewGraph();
  const TF_Output x{make(g, "Placeholder", "x", {}, s), 0}, same{make(g, "Identity", "same", {x}, s), 0};
  const TF_Output square{make(g, "Square", "square", {same}, s), 0};
  TF_SessionOptions* const options = TF_NewSessionOptions();
  TF_Session* const session = TF_NewSession(g, options, s);
  const int64_t dims[] = {2};
  TF_Tensor* const value = TF_NewTensor(TF_FLOAT, dims, 1, values, sizeof values, [](void*, size_t, void*) { ++released; }, nullptr);
  const TF_Output fetches[] = {same, square};
  TF_Tensor* results[2];
  TF_SessionRun(session, nullptr, &x, &value, 1, fetches, results, 2, nullptr, 0, nullptr, s);
  ASSERT_EQ(TF_GetCode(s), TF_OK) << TF_Message(s);
  TF_DeleteTensor(value);
  EXPECT_EQ(released, 1);
  EXPECT_NE(TF_TensorData(results[0]), static_cast<void*>(values));
  EXPECT_EQ(static_cast<float*>(TF_TensorData(results[0]))[1], 2);
  EXPECT_EQ(static_cast<float*>(TF_TensorData(results[1]))[1], 4);
  EXPECT_EQ(values[1], 2);
  for (TF_Tensor* result : results) TF_DeleteTensor(result);
  TF_DeleteSession(session, s);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(g);
  TF_DeleteStatus(s);
}

}  // namespace
