// Pipelines of queues: TensorFlow's graph, and batches that come out of a run.

#include <gtest/gtest.h>

#include <numeric>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;

namespace {

TEST(InputPipeline, MakesTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Variable files = tf::train::match_filenames_once("data-*");
  const tf::FIFOQueue queue = tf::train::string_input_producer(files, {.num_epochs = 3, .shuffle = false});
  const tf::ReaderRecord record = tf::TFRecordReader().read(queue);
  const tf::ParsedFeatures parsed =
      tf::parse_single_example(record.value, {{"i", tf::FixedLenFeature{{}, tf::int64}},
                                              {"raw", tf::FixedLenFeature{{}, tf::string}},
                                              {"v", tf::VarLenFeature{tf::float32}}});
  const tf::Output image = tf::decode_raw(parsed["raw"], tf::uint8);
  image.set_shape({4});
  tf::train::batch({parsed["i"], image}, 3, {.capacity = 20});
  tf::train::shuffle_batch({parsed["i"], image}, 3, 20, 5, {.num_threads = 2, .seed = 1});
  reflow::testing::expect_golden_graph("input_producers");
}

TEST(InputPipeline, BatchesWhatIsKeptUntilTheEpochIsOver) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output number = tf::train::range_input_producer(7, {.num_epochs = 1, .shuffle = false}).dequeue()[0];
  const tf::Output is_even = tf::equal(number % 2, 0);
  const tf::Output batch = tf::train::maybe_batch({number}, is_even, 3, {.allow_smaller_final_batch = true})[0];
  tf::Session sess;
  sess.run(tf::local_variables_initializer());
  tf::train::Coordinator coord;
  tf::train::start_queue_runners(sess, coord);
  std::vector<int32_t> seen;
  try {
    while (true) {
      const tf::Tensor value = sess.run(batch);
      seen.insert(seen.end(), value.data<int32_t>(), value.data<int32_t>() + value.num_elements());
    }
  } catch (const tf::errors::OutOfRangeError&) {
  }
  coord.request_stop();
  coord.join();
  EXPECT_EQ(seen, (std::vector<int32_t>{0, 2, 4, 6}));
}

TEST(InputPipeline, WhatDoesNotFitIsAnError) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output x = tf::constant(1);
  EXPECT_THROW(tf::train::batch({}, 3), tf::ValueError);
  EXPECT_THROW(tf::train::shuffle_batch({x}, 3, 5, 10), tf::ValueError);
  EXPECT_THROW(tf::train::batch_join({{x}, {tf::constant(1.f)}}, 3), tf::TypeError);
  EXPECT_THROW(tf::train::limit_epochs(x, 0), tf::ValueError);
  EXPECT_THROW(tf::train::string_input_producer(tf::TensorLike()), tf::ValueError);
}

}  // namespace
