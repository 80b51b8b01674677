#include "reflow/train/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "reflow/reflow.h"
#include "reflow/train/object_graph.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/temporary_folder.h"

namespace tf = reflow;
using reflow::testing::golden_path;
using tf::train::Trackable;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

class Checkpoints : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
  tf::testing::TemporaryFolder folder_;
};

// What a checkpoint of TensorFlow 1.15 with the names "step" and "child/v" was made of.
struct Objects {
  tf::Variable v{tf::constant({1., 2.}), {.name = "v", .use_resource = true}};
  tf::Variable s{tf::constant(7), {.name = "s", .use_resource = true}};
  tf::train::Checkpoint checkpoint{{{"step", s}, {"child", Trackable({{"v", v}})}}};
};

TEST_F(Checkpoints, AreTensorFlows) {
  Objects objects;
  const tf::Session sess;
  sess.run(tf::global_variables_initializer());
  const std::string path = objects.checkpoint.save(sess, folder_ / "ckpt");
  EXPECT_EQ(path, folder_ / "ckpt-1");
  EXPECT_EQ(tf::train::latest_checkpoint(folder_.path()), path);
  const auto ours = tf::train::load_checkpoint(path);
  const auto theirs = tf::train::load_checkpoint(golden_path("checkpoints/object/ckpt-1"));
  EXPECT_EQ(ours.debug_string(), theirs.debug_string());
  const auto graph_of = [](const tf::train::CheckpointReader& reader) {
    return reader.get_tensor(tf::train::kObjectGraphKey).item<std::string>();
  };
  EXPECT_EQ(graph_of(ours), graph_of(theirs));
}

TEST_F(Checkpoints, OfTensorFlowAreRestored) {
  Objects objects;
  const tf::Session sess;
  objects.checkpoint.restore(sess, golden_path("checkpoints/object/ckpt-1")).assert_consumed();
  EXPECT_EQ(sess.run(objects.v).data<float>()[1], 2);
  EXPECT_EQ(sess.run(objects.s).item<int32_t>(), 7);
  EXPECT_EQ(sess.run(objects.checkpoint.save_counter()).item<int64_t>(), 1);
}

TEST_F(Checkpoints, TrainingGoesOnWithTheSlotsOfTensorFlows) {
  const tf::Variable w(tf::zeros({2, 3}), {.name = "w"}), kernel(tf::zeros({3, 3})), bias(tf::zeros({3}));
  const tf::Variable kernel_1(tf::zeros({3, 2})), bias_1(tf::zeros({2})), k(tf::constant(0.));
  const tf::Variable step(tf::constant(0, tf::int64), {.trainable = false});
  const tf::Output hidden = tf::matmul(tf::matmul(tf::ones({1, 2}), w), kernel) + bias;
  const tf::Output y = tf::matmul(hidden, kernel_1) + bias_1;
  tf::train::AdamOptimizer optimizer(0.1);
  const tf::Operation train =
      optimizer.minimize(tf::reduce_sum(tf::square(y)) + tf::square(k), {.global_step = step});
  const Trackable first({{"kernel", kernel}, {"bias", bias}}), second({{"kernel", kernel_1}, {"bias", bias_1}});
  const Trackable net({{"w", w}, {"layers_", Trackable({{"0", first}, {"1", second}})}, {"d", Trackable({{"k", k}})}});
  tf::train::Checkpoint checkpoint({{"net", net}, {"opt", optimizer}, {"step", step}});
  const tf::Session sess;
  checkpoint.restore(sess, golden_path("checkpoints/object_training/ckpt-3")).assert_consumed();
  EXPECT_EQ(sess.run(step).item<int64_t>(), 2);
  sess.run(train);
  const tf::Tensor value = sess.run(w);
  EXPECT_THAT(std::vector<float>(value.data<float>(), value.data<float>() + 3),
              ElementsAre(::testing::FloatNear(1.0158068f, 1e-6f), ::testing::FloatNear(0.96771586f, 1e-6f),
                          ::testing::FloatNear(0.97127306f, 1e-6f)));
}

TEST_F(Checkpoints, WhatIsMissingIsSaidOrInitialized) {
  Objects objects;
  const tf::Session sess;
  sess.run(tf::global_variables_initializer());
  const std::string path = objects.checkpoint.write(sess, folder_ / "one");
  const tf::Variable more(tf::constant(3.), {.name = "more"});
  tf::train::Checkpoint larger({{"step", objects.s}, {"more", more}});
  const tf::Session other;
  const tf::train::LoadStatus status = larger.restore(other, path);
  EXPECT_THAT([&] { status.assert_existing_objects_matched(); },
              ThrowsMessage<tf::ValueError>("Object not assigned a value from checkpoint: more"));
  status.initialize_or_restore(other);
  EXPECT_EQ(other.run(more).item<float>(), 3);
  tf::train::Checkpoint smaller({{"step", objects.s}});
  EXPECT_THAT([&] { smaller.restore(other, path).assert_existing_objects_matched().assert_consumed(); },
              ThrowsMessage<tf::ValueError>(HasSubstr("Unresolved object in checkpoint: child/v")));
}

TEST_F(Checkpoints, ObjectsThatComeLaterAreRestored) {
  Objects objects;
  std::string path;
  {
    const tf::Session sess;
    sess.run(tf::global_variables_initializer());
    sess.run(objects.v.assign({3.f, 4.f}));
    path = objects.checkpoint.save(sess, folder_ / "ckpt");
  }
  const tf::Variable s(tf::constant(0), {.name = "late"});
  Trackable child(Trackable::Children{});
  tf::train::Checkpoint later({{"child", child}});
  const tf::Session sess;
  const tf::train::LoadStatus status = later.restore(sess, path);
  EXPECT_THAT([&] { status.assert_consumed(); }, ThrowsMessage<tf::ValueError>(HasSubstr("child/v")));
  later.add("step", s);
  const tf::Variable v(tf::zeros({2}));
  child.add("v", v);
  status.assert_consumed().run_restore_ops(sess);
  EXPECT_EQ(sess.run(s).item<int32_t>(), 7);
  EXPECT_EQ(sess.run(v).data<float>()[1], 4);
  EXPECT_THAT([&] { later.add("step", s); }, ThrowsMessage<tf::ValueError>(HasSubstr("step")));
}

// The optimizer makes them in minimize().
TEST_F(Checkpoints, SlotsThatComeLaterAreRestored) {
  const tf::Variable w(tf::constant({1., 2.}), {.name = "w"});
  const tf::Output loss = tf::reduce_sum(tf::square(w));
  std::string path;
  tf::Tensor trained;
  {
    tf::train::MomentumOptimizer optimizer(0.1, 0.9);
    const tf::Operation train = optimizer.minimize(loss);
    tf::train::Checkpoint checkpoint({{"w", w}, {"optimizer", optimizer}});
    const tf::Session sess;
    sess.run(tf::global_variables_initializer());
    sess.run(train);
    path = checkpoint.save(sess, folder_ / "ckpt");
    sess.run(train);
    trained = sess.run(w);
  }
  tf::train::MomentumOptimizer optimizer(0.1, 0.9);
  tf::train::Checkpoint checkpoint({{"w", w}, {"optimizer", optimizer}});
  const tf::Session sess;
  const tf::train::LoadStatus status = checkpoint.restore(sess, path);
  sess.run(w.assign({0.5f, 0.5f}));
  const tf::Operation train = optimizer.minimize(loss);
  status.assert_consumed().initialize_or_restore(sess);
  EXPECT_EQ(sess.run(w).data<float>()[0], 0.5f);  // isn't restored again
  EXPECT_NE(sess.run(*optimizer.get_slot(w, "momentum")).data<float>()[0], 0);
  checkpoint.restore(sess, path);
  sess.run(train);
  EXPECT_EQ(sess.run(w).summarize(), trained.summarize());
}

TEST_F(Checkpoints, WithoutOneVariablesAreInitialized) {
  Objects objects;
  const tf::Session sess;
  objects.checkpoint.restore(sess, tf::train::latest_checkpoint(folder_.path())).initialize_or_restore(sess);
  EXPECT_EQ(sess.run(objects.s).item<int32_t>(), 7);
}

TEST_F(Checkpoints, OfSaversAreRestoredByName) {
  Objects objects;
  std::string path;
  {
    const tf::Session sess;
    sess.run(tf::global_variables_initializer());
    sess.run(objects.s.assign(8));
    tf::train::Saver saver({objects.v, objects.s});
    path = saver.save(sess, folder_ / "named");
  }
  const tf::Session sess;
  objects.checkpoint.restore(sess, path).assert_existing_objects_matched();
  EXPECT_EQ(sess.run(objects.s).item<int32_t>(), 8);
}

TEST_F(Checkpoints, ValuesOfOtherShapesAreErrors) {
  const tf::Variable v(tf::zeros({3}), {.name = "v"}), s(tf::constant(7), {.name = "s"});
  const tf::train::Checkpoint checkpoint({{"step", s}, {"child", Trackable({{"v", v}})}});
  const tf::Session sess;
  EXPECT_THAT([&] { checkpoint.restore(sess, golden_path("checkpoints/object/ckpt-1")); },
              ThrowsMessage<tf::ValueError>("The checkpoint has child/v/.ATTRIBUTES/VARIABLE_VALUE of shape (2,), and the "
                                            "variable is of shape (3,)"));
}

TEST_F(Checkpoints, WhoseGraphOfObjectsIsNoStringAreErrors) {
  Objects objects;
  const tf::Session sess;
  sess.run(tf::global_variables_initializer());
  tf::train::Saver saver(tf::train::NamedVariables{{tf::train::kObjectGraphKey, objects.s}});
  const std::string path = saver.save(sess, folder_ / "odd");
  EXPECT_THAT([&] { objects.checkpoint.restore(sess, path); },
              ThrowsMessage<tf::ValueError>("The checkpoint's graph of objects is damaged"));
}

TEST_F(Checkpoints, ManagersKeepTheNewest) {
  Objects objects;
  tf::train::CheckpointManager manager(objects.checkpoint, folder_.path(), {.max_to_keep = 2});
  const tf::Session sess;
  sess.run(tf::global_variables_initializer());
  for (int i = 0; i < 3; ++i) manager.save(sess);
  EXPECT_THAT(manager.checkpoints(), ElementsAre(folder_ / "ckpt-2", folder_ / "ckpt-3"));
  EXPECT_FALSE(tf::train::checkpoint_exists(folder_ / "ckpt-1"));
  EXPECT_EQ(tf::train::latest_checkpoint(folder_.path()), folder_ / "ckpt-3");
  tf::train::CheckpointManager next(objects.checkpoint, folder_.path(), {.max_to_keep = 2});
  next.save(sess);
  EXPECT_THAT(next.checkpoints(), ElementsAre(folder_ / "ckpt-3", folder_ / "ckpt-4"));
}

TEST(ObjectGraphs, ThatAreDamagedAreErrors) {
  EXPECT_THROW(tf::train::ObjectGraph::parse("\xff\xff"), tf::ValueError);
  tf::train::ObjectGraph graph;
  graph.nodes.resize(1);
  graph.nodes[0].children.push_back({7, "x"});
  EXPECT_THROW(tf::train::ObjectGraph::parse(graph.serialize()), tf::ValueError);
}

}  // namespace
