// tf.train.Supervisor and the threads of a Coordinator that loop.

#include "reflow/train/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"
#include "tests/kit/temporary_folder.h"

namespace tf = reflow;

namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using reflow::testing::TemporaryFolder;

TEST(Supervisor, MakesTensorFlowsGraphAndSavesAtOnce) {
  const TemporaryFolder folder;
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Variable step = tf::train::get_or_create_global_step();
  const tf::Variable w = tf::get_variable("w", {2}, {.initializer = tf::ones_initializer()});
  const tf::Output loss = tf::reduce_sum(w * w, {.name = "loss"});
  tf::summary::scalar("loss", loss);
  const tf::Operation train = tf::train::GradientDescentOptimizer(0.1).minimize(loss, {.global_step = step});
  tf::train::Supervisor sv({.logdir = folder.path()});
  sv.managed_session([&](const tf::Session& sess) {
    sess.run(train);
    while (!tf::train::latest_checkpoint(folder.path())) sess.run(loss);
  });
  reflow::testing::expect_golden_graph("supervised", {.folder = "graphs"});
}

TEST(Supervisor, ErrorsOfThreadsEndTraining) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Variable v(1., {.name = "v"});
  tf::train::Supervisor sv;
  const auto train = [&] {
    sv.managed_session([&](const tf::Session& sess) {
      sv.loop(0.001, [] { throw tf::ValueError("no more"); });
      while (!sv.should_stop()) sess.run(v);
    });
  };
  EXPECT_THAT(train, ThrowsMessage<tf::ValueError>("no more"));
}

TEST(Supervisor, BasicTrainLoopBeginsAgainWhenAServerRestarted) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Variable v(0, {.name = "v"});
  const tf::Output add = v.assign_add(1);
  tf::train::Supervisor sv;
  int calls = 0, last = 0;
  tf::train::basic_train_loop(sv, [&](const tf::Session& sess) {
    last = sess.run(add).item<int32_t>();
    if (++calls == 2) throw tf::errors::AbortedError("restarted");
    if (calls == 5) sv.request_stop();
  });
  EXPECT_EQ(calls, 5);
  EXPECT_EQ(last, 3);
}

TEST(SessionManager, NamesVariablesThatNobodyInitialises) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Variable v(1., {.name = "v"}), w(1., {.name = "w"});
  const tf::train::SessionManager manager({.ready_op = tf::report_uninitialized_variables()});
  EXPECT_THAT([&] { manager.prepare_session("", {.init_op = v.initializer()}); },
              ThrowsMessage<tf::RuntimeError>(HasSubstr("error: Variables not initialized: w")));
  EXPECT_THAT([&] { manager.prepare_session(""); },
              ThrowsMessage<tf::RuntimeError>(
                  "Model is not initialized and no init_op or init_fn or local_init_op was given"));
  EXPECT_THROW(tf::train::SessionManager({.ready_for_local_init_op = tf::constant(1)}), tf::ValueError);
}

TEST(SessionManager, GivesUpWaiting) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Variable v(1., {.name = "v"});
  const tf::train::SessionManager manager({.ready_op = tf::report_uninitialized_variables(), .recovery_wait_secs = 0.01});
  EXPECT_THROW(manager.wait_for_session("", {.config = {}, .max_wait_secs = 0.03}), tf::errors::DeadlineExceededError);
}

TEST(LooperThread, CallsItsMethodsUntilTheCoordinatorStops) {
  struct Looper : tf::train::LooperThread {
    explicit Looper(tf::train::Coordinator& coord) : LooperThread(&coord, 0.0001), coord(coord) {}
    void start_loop() override { started = true; }
    void run_loop() override {
      if (++runs == 3) coord.request_stop();
    }
    void stop_loop() override { stopped = true; }
    tf::train::Coordinator& coord;
    std::atomic<int> runs = 0;
    std::atomic<bool> started = false, stopped = false;
  };
  tf::train::Coordinator coord;
  Looper looper(coord);
  looper.start();
  coord.join();
  EXPECT_TRUE(looper.started && looper.stopped);
  EXPECT_EQ(looper.runs, 3);
  EXPECT_THROW(tf::train::LooperThread(nullptr, 1.0), tf::ValueError);
}

}  // namespace
