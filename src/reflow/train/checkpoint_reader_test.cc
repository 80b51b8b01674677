#include "reflow/train/checkpoint_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "reflow/reflow.h"
#include "reflow/train/write_graph.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/temporary_folder.h"

namespace tf = reflow;
using ::testing::ElementsAre;
using ::testing::Pair;

namespace {

class CheckpointReaderTest : public ::testing::Test {
 protected:
  // Saves the variables of the default graph.
  std::string save(int step) {
    tf::train::Saver saver;
    return saver.save(sess_, folder_ / "model", {.global_step = step});
  }

  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
  tf::testing::TemporaryFolder folder_;
  tf::Variable v_{tf::constant({1., 2., 3.}), {.name = "v"}};
  tf::Variable w_{tf::constant({{4}, {5}}), {.name = "scope/w"}};
  tf::Session sess_;
};

TEST_F(CheckpointReaderTest, GivesNamesShapesTypesAndValues) {
  sess_.run(tf::global_variables_initializer());
  const std::string prefix = save(1);
  const tf::train::CheckpointReader reader = tf::train::load_checkpoint(folder_.path());
  EXPECT_TRUE(reader.has_tensor("v"));
  EXPECT_FALSE(reader.has_tensor("v:0"));
  EXPECT_THAT(reader.get_variable_to_dtype_map(), ElementsAre(Pair("scope/w", tf::int32), Pair("v", tf::float32)));
  EXPECT_THAT(tf::train::list_variables(prefix),
              ElementsAre(Pair("scope/w", tf::Shape{2, 1}), Pair("v", tf::Shape{3})));
  EXPECT_EQ(tf::train::load_variable(folder_.path(), "v:0").data<float>()[2], 3);
  EXPECT_EQ(tf::train::load_variable(prefix, "scope/w").data<int32_t>()[1], 5);
  EXPECT_EQ(reader.debug_string(), "scope/w (DT_INT32) [2,1]\nv (DT_FLOAT) [3]\n");
}

TEST_F(CheckpointReaderTest, WhatIsNotThereIsAnError) {
  sess_.run(tf::global_variables_initializer());
  const std::string prefix = save(1);
  EXPECT_THROW(tf::train::load_variable(prefix, "x"), tf::errors::NotFoundError);
  EXPECT_THROW(tf::train::NewCheckpointReader(folder_ / "other"), tf::errors::NotFoundError);
  const tf::testing::TemporaryFolder empty;
  EXPECT_THROW(tf::train::load_checkpoint(empty.path()), tf::ValueError);
}

TEST_F(CheckpointReaderTest, CheckpointsAreGivenAsTheyCome) {
  sess_.run(tf::global_variables_initializer());
  int asked = 0;
  tf::train::checkpoints_iterator checkpoints(folder_.path(), {.timeout_secs = 0.02,
                                                               .timeout_fn =
                                                                   [&] {
                                                                     if (++asked == 1) save(2);
                                                                     return asked > 1;
                                                                   },
                                                               .poll_secs = 0.01});
  save(1);
  EXPECT_EQ(checkpoints.next(), folder_ / "model-1");
  EXPECT_EQ(checkpoints.next(), folder_ / "model-2");  // it came when the time was over, and waiting went on
  EXPECT_EQ(checkpoints.next(), std::nullopt);
}

TEST_F(CheckpointReaderTest, GraphsAreWrittenAsTextOrBytes) {
  const std::string path = tf::train::write_graph(graph_, folder_ / "a/b", "graph.pbtxt");
  EXPECT_EQ(path, folder_ / "a/b/graph.pbtxt");
  EXPECT_EQ(tf::io::write_graph(graph_, folder_.path(), "graph.pb", false), folder_ / "graph.pb");
  EXPECT_EQ(std::filesystem::file_size(folder_ / "graph.pb"), graph_.as_graph_def().size());
  EXPECT_GT(std::filesystem::file_size(path), graph_.as_graph_def().size());
  EXPECT_THROW(tf::train::write_graph("\xff", folder_.path(), "x"), tf::ValueError);
}

}  // namespace
