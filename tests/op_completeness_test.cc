// Every registered op is complete: a shape function, documentation, a gradient or the word that it has none, as
// TensorFlow has it, and something that tests its values.

#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "reflow/graph/op_def.h"
#include "reflow/op/gradient.h"
#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

using graph::OpDef;
using Kind = op::GradientRegistry::Kind;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Names between double quotes in `text`.
void add_quoted_names(const std::string& text, std::set<std::string>* names) {
  for (size_t quote = text.find('"'); quote != std::string::npos; quote = text.find('"', quote + 1)) {
    size_t end = quote + 1;
    while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end]))) ++end;
    if (end > quote + 1 && text[end] == '"') names->insert(text.substr(quote + 1, end - quote - 1));
  }
}

// Ops that golden vectors run (or, where CPUs have no kernel, say the shapes of), or that a test names: op cases, and tests of state and control flow.
std::set<std::string> tested_ops() {
  std::set<std::string> names;
  for (const char* folder : {"tf-1.15/kernels", "kernels", "shape_fns"}) {
    for (const auto& entry : std::filesystem::directory_iterator(golden_path(folder))) {
      if (entry.path().extension() == ".json" || entry.path().extension() == ".jsonl") add_quoted_names(contents(entry.path()), &names);
    }
  }
  const std::filesystem::path root = std::filesystem::path(golden_path("tf-1.15")) / "../../..";
  for (const char* folder : {"src/reflow", "tests"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string name = entry.path().filename();
      if (name.ends_with("_test.cc") && name != "op_completeness_test.cc") {
        add_quoted_names(contents(entry.path()), &names);
      }
    }
  }
  return names;
}

// Ops of Reflow's own that a program can't make, and those that the engine makes for itself.
bool is_internal(const OpDef& op) { return op.name.starts_with("_"); }

TEST(OpCompleteness, ShapeFunctions) {
  for (const OpDef* op : graph::OpRegistry::global().all()) EXPECT_NE(op->shape_fn, nullptr) << op->name;
}

TEST(OpCompleteness, Documentation) {
  for (const OpDef* op : graph::OpRegistry::global().all()) {
    if (is_internal(*op)) continue;
    EXPECT_FALSE(op->doc.empty()) << op->name;
    EXPECT_TRUE(op->doc.empty() || op->doc.back() == '.') << op->name << ": " << op->doc;
  }
}

TEST(OpCompleteness, GradientsAsInTensorFlow) {
  const nlohmann::json known = read_golden_json("tf-1.15/gradients.json");
  size_t registered = 0;
  for (const OpDef* op : graph::OpRegistry::global().all()) {
    if (is_internal(*op) || !known.contains(op->name)) continue;
    const std::string status = known[op->name]["status"];
    op::GradFn fn;
    const Kind kind = op::GradientRegistry::global().find(op->name, &fn);
    const bool late = op->name == "While" || op->name == "StatelessWhile";  // when a program makes the first, in TensorFlow
    const Kind want = status == "gradient" || late ? Kind::kFunction : status == "none" ? Kind::kNone : Kind::kUnregistered;
    EXPECT_EQ(kind, want) << op->name << ": " << status << " in TensorFlow";
    ++registered;
  }
  // For tools/conformance.py.
  printf("conformance\tgradients\t%zu\t%zu\n", registered, known.size());
  for (const auto& [name, entry] : known.items()) {
    if (graph::OpRegistry::global().find(name) == nullptr) printf("miss\tgradients\t%s\tthere is no such op\n", name.c_str());
  }
}

TEST(OpCompleteness, Tested) {
  const std::set<std::string> tested = tested_ops();
  std::string untested;
  for (const OpDef* op : graph::OpRegistry::global().all()) {
    // The vectors of the ops that apply gradients are run in the form for resources, too.
    const bool resource_form = op->name.starts_with("ResourceApply") || op->name.starts_with("ResourceSparseApply");
    const std::string name = resource_form ? op->name.substr(8) : op->name;
    // A graph of today can't hold the ops that TensorFlow has removed.
    if (!is_internal(*op) && op->deprecated_in == 0 && !tested.contains(name)) untested += " " + op->name;
  }
  EXPECT_EQ(untested, "") << "in no golden vector and in no test";
}

}  // namespace
}  // namespace reflow::testing
