#include "reflow/train/saver.h"

#include <gtest/gtest.h>

#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/client/variable_scope.h"
#include "tests/kit/graph_golden.h"

namespace reflow::train {
namespace {

class SaverTest : public ::testing::Test {
 protected:
  Graph graph_;
  Graph::DefaultScope scope_{graph_};
};

TEST_F(SaverTest, GraphAsInTensorFlow) {
  const Variable v(1.f, {.name = "v"}), w = get_variable("scope/w", {2, 3});
  const SaverDef def = build_saver(names_of_variables(global_variables()));
  build_saver({{"other", v}, {"w2", w}}, {.name = "second"});
  build_saver(names_of_variables({w}), {.max_to_keep = 10, .write_version = CheckpointFormat::V1});
  testing::expect_golden_graph("saver_default", {.collections = true});
  EXPECT_EQ(def.filename_tensor_name, "save/Const:0");
  EXPECT_EQ(def.save_tensor_name, "save/control_dependency:0");
  EXPECT_EQ(def.restore_op_name, "save/restore_all");
}

TEST_F(SaverTest, RefusesAVariableWithTwoNames) {
  const Variable v(1.f, {.name = "v"});
  EXPECT_THROW(names_of_variables({v, v}), ValueError);
  EXPECT_THROW(build_saver({{"a", v}, {"b", v}}), ValueError);
}

}  // namespace
}  // namespace reflow::train
