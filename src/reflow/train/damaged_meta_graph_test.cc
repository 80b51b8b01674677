// A MetaGraphDef that is cut or has a wrong byte is imported or refused, and nothing else happens.

#include <gtest/gtest.h>
#include <tensorflow/core/protobuf/meta_graph.pb.h>

#include <random>
#include <string>

#include "reflow/reflow.h"
#include "reflow/train/meta_graph.h"

namespace reflow::train {
namespace {

std::string meta_graph() {
  const Graph graph;
  const auto scope = graph.as_default();
  const Output x = placeholder(float32, {}, {.name = "x"});
  const Variable v(2.f, {.name = "v"});
  cond(greater(x, 0.f), [&] { return multiply(x, v); }, [&] { return negative(x); }, {.name = "y"});
  return export_meta_graph({.saver_def = SaverDef{"f:0", "s:0", "r"}, .tags = {"serve"}});
}

// Whether it was imported.
bool try_import(const std::string& bytes) {
  tensorflow::MetaGraphDef proto;
  if (!proto.ParseFromString(bytes)) return false;
  const Graph graph;
  const auto scope = graph.as_default();
  try {
    import_meta_graph(proto);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

TEST(DamagedMetaGraph, IsCutAnywhere) {
  const std::string bytes = meta_graph();
  ASSERT_TRUE(try_import(bytes));
  int imported = 0;
  for (size_t length = 0; length < bytes.size(); ++length) imported += try_import(bytes.substr(0, length));
  EXPECT_LT(imported, 20);  // where a cut falls between fields
}

TEST(DamagedMetaGraph, HasWrongBytes) {
  const std::string bytes = meta_graph();
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = bytes;
    damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
    try_import(damaged);
  }
}

}  // namespace
}  // namespace reflow::train
