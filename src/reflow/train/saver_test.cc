#include "reflow/train/saver.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/client/initializers.h"
#include "reflow/client/partitioned_variable.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable_scope.h"
#include "reflow/train/checkpoint_management.h"
#include "reflow/train/global_step.h"
#include "reflow/train/init_from_checkpoint.h"
#include "reflow/train/meta_graph.h"
#include "tests/kit/graph_golden.h"
#include "tests/kit/temporary_folder.h"

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

class SavedTest : public SaverTest {
 protected:
  bool exists(const std::string& name) const { return std::filesystem::exists(folder_ / name); }
  template <typename F>
  static std::string error_of(F&& f) {
    try {
      f();
    } catch (const std::exception& e) {
      return e.what();
    }
    return "";
  }
  testing::TemporaryFolder folder_;
};

TEST_F(SavedTest, VariablesComeBackUnderOtherNamesToo) {
  const Variable v(std::vector<float>{1, 2}, {.name = "v"}), r(3.f, {.name = "r", .use_resource = true});
  Saver saver, renaming(NamedVariables{{"old/v", v}});
  Session sess;
  sess.run(global_variables_initializer());
  EXPECT_EQ(saver.save(sess, folder_ / "m"), folder_ / "m");
  const std::string renamed = renaming.save(sess, folder_ / "renamed", {.global_step = 7});
  EXPECT_EQ(renamed, folder_ / "renamed-7");
  sess.run({v.assign(std::vector<float>{8, 9}), r.assign(0.f)});
  saver.restore(sess, folder_ / "m");
  EXPECT_EQ(sess.run(v).flat<float>()[1], 2);
  EXPECT_EQ(sess.run(r).item<float>(), 3);
  Session other;
  renaming.restore(other, renamed);
  EXPECT_EQ(other.run(v).flat<float>()[0], 1);
}

TEST_F(SavedTest, KeepsTheNewestAndNamesThem) {
  const Variable step = get_or_create_global_step();
  Saver saver(SaverOptions{.max_to_keep = 2, .pad_step_number = true});
  Session sess;
  sess.run(global_variables_initializer());
  for (int i = 0; i < 4; ++i) {
    saver.save(sess, folder_ / "m", {.global_step = step});
    sess.run(step.assign_add(TensorLike(int64_t{1})));
  }
  EXPECT_FALSE(exists("m-00000001.index"));
  EXPECT_TRUE(exists("m-00000002.index") && exists("m-00000003.data-00000-of-00001"));
  EXPECT_EQ(saver.last_checkpoints(), (std::vector<std::string>{folder_ / "m-00000002", folder_ / "m-00000003"}));
  EXPECT_EQ(latest_checkpoint(folder_.path()), folder_ / "m-00000003");
  Saver later(SaverOptions{.max_to_keep = 2});
  later.recover_last_checkpoints(get_checkpoint_state(folder_.path())->all_model_checkpoint_paths);
  later.save(sess, folder_ / "m", {.global_step = 9});
  EXPECT_FALSE(exists("m-00000002.index"));
  EXPECT_TRUE(exists("m-00000003.index"));
}

TEST_F(SavedTest, TheGraphIsWrittenBesideIt) {
  const Variable v(1.f, {.name = "v"});
  Saver saver;
  Session sess;
  sess.run(global_variables_initializer());
  saver.save(sess, folder_ / "m");
  saver.save(sess, folder_ / "n", {.write_meta_graph = false});
  EXPECT_FALSE(exists("n.meta"));
  const Graph other;
  const Graph::DefaultScope scope(other);
  const ImportedMetaGraph imported = import_meta_graph(folder_ / "m.meta");
  Session second;
  Saver::from_def(*imported.saver_def).restore(second, folder_ / "m");
  EXPECT_EQ(second.run(imported.variables.at("v:0")).item<float>(), 1);
}

TEST_F(SavedTest, PartsOfVariablesShareATensor) {
  Variable parts;
  {
    variable_scope scope("s", {.partitioner = fixed_size_partitioner(2)});
    parts = get_variable("w", {3, 2}, {.initializer = ones_initializer()});
  }
  Saver saver, sharded(std::vector<Variable>{parts}, {.sharded = true});
  Session sess;
  sess.run(global_variables_initializer());
  saver.save(sess, folder_ / "m");
  sharded.save(sess, folder_ / "sharded");
  const Graph other;
  const Graph::DefaultScope scope(other);
  const Variable whole = get_variable("s/w", {3, 2});
  Saver whole_saver;
  Session second;
  for (const std::string name : {"m", "sharded"}) {
    whole_saver.restore(second, folder_ / name);
    EXPECT_EQ(second.run(whole).flat<float>()[5], 1);
  }
}

TEST_F(SavedTest, V1ComesBack) {
  const Variable v(1.f, {.name = "v"});
  Saver saver(SaverOptions{.write_version = CheckpointFormat::V1}), sharded(
      SaverOptions{.sharded = true, .write_version = CheckpointFormat::V1});
  Session sess;
  sess.run(global_variables_initializer());
  saver.save(sess, folder_ / "m");
  EXPECT_EQ(sharded.save(sess, folder_ / "s"), folder_ / "s-?\?\?\?\?-of-00001");
  for (const std::string name : {"m", "s-?\?\?\?\?-of-00001"}) {
    sess.run(v.assign(5.f));
    saver.restore(sess, folder_ / name);
    EXPECT_EQ(sess.run(v).item<float>(), 1);
  }
}

TEST_F(SavedTest, VariablesAreInitializedFromACheckpoint) {
  const Variable v(std::vector<float>{1, 2}, {.name = "old/v"});
  Session sess;
  sess.run(global_variables_initializer());
  const std::string saved = Saver().save(sess, folder_ / "m");
  const Graph other;
  const Graph::DefaultScope scope(other);
  const Variable a = get_variable("a", {2}), b = get_variable("new/v", {2});
  init_from_checkpoint(saved, {{"old/v", std::vector<Variable>{a}}});
  init_from_checkpoint(folder_.path(), {{"old/", "new/"}});
  Session second;
  second.run(global_variables_initializer());
  EXPECT_EQ(second.run(a).flat<float>()[1], 2);
  EXPECT_EQ(second.run(b).flat<float>()[0], 1);
  EXPECT_EQ(error_of([&] { init_from_checkpoint(saved, {{"x", "a"}}); }),
            "Tensor x is not found in " + saved + " checkpoint {'old/v': [2]}");
  const Variable c = get_variable("c", {3});
  EXPECT_EQ(error_of([&] { init_from_checkpoint(saved, {{"old/v", "c"}}); }),
            "Shape of variable c:0 ((3,)) doesn't match with shape of tensor old/v ([2]) from checkpoint reader.");
}

TEST_F(SavedTest, MistakesAreTensorFlows) {
  EXPECT_EQ(error_of([] { Saver(); }), "No variables to save");
  const Variable v(1.f, {.name = "v"});
  Saver saver;
  Session sess;
  EXPECT_EQ(error_of([&] { saver.restore(sess, folder_ / "none"); }),
            "The passed save_path is not a valid checkpoint: " + (folder_ / "none"));
  sess.run(global_variables_initializer());
  EXPECT_EQ(error_of([&] { saver.save(sess, folder_ / "checkpoint"); }),
            "'latest_filename' collides with 'save_path': 'checkpoint' and '" + (folder_ / "checkpoint") + "'");
  EXPECT_EQ(error_of([&] { saver.save(sess, folder_ / "a/b/m"); }),
            "Parent directory of " + (folder_ / "a/b/m") + " doesn't exist, can't save.");
  saver.save(sess, folder_ / "m");
  const Variable w(2.f, {.name = "w"});
  const std::string missing = error_of([&] { Saver().restore(sess, folder_ / "m"); });
  EXPECT_EQ(missing.find("Restoring from checkpoint failed. This is most likely due to a Variable name or other graph key "
                         "that is missing from the checkpoint. Please ensure that you have not altered the graph expected "
                         "based on the checkpoint. Original error:\n\nKey w not found in checkpoint"),
            0u)
      << missing;
}

}  // namespace
}  // namespace reflow::train
