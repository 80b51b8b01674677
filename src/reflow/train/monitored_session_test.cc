// Monitored sessions and their hooks: TensorFlow's graph, what runs do, and how loops end.

#include "reflow/train/monitored_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "reflow/formats/event_bytes.h"
#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"
#include "tests/kit/temporary_folder.h"

namespace tf = reflow;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using reflow::testing::TemporaryFolder;

class MonitoredSessionTest : public ::testing::Test {
 protected:
  // A step raises the global step and subtracts 0.2 w from w, as the gradient of w's square does.
  void build() {
    step_ = tf::train::get_or_create_global_step();
    w_ = tf::get_variable("w", {2}, {.initializer = tf::ones_initializer()});
    loss_ = tf::reduce_sum(w_ * w_, {.name = "loss"});
    tf::summary::scalar("loss", loss_);
    train_ = tf::train::GradientDescentOptimizer(0.1).minimize(loss_, {.global_step = step_});
  }
  tf::train::Hooks stop_at(int64_t last_step) {
    return {std::make_shared<tf::train::StopAtStepHook>(tf::train::StopAtStepHookOptions{.num_steps = {}, .last_step = last_step})};
  }

  TemporaryFolder folder_;
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
  tf::Variable step_, w_;
  tf::Output loss_;
  tf::Operation train_;
};

TEST_F(MonitoredSessionTest, MakesTensorFlowsGraph) {
  step_ = tf::train::get_or_create_global_step();
  w_ = tf::get_variable("w", {2}, {.initializer = tf::ones_initializer()});
  tf::get_variable("count", {}, {.initializer = tf::zeros_initializer(), .collections = {{tf::GraphKeys::LOCAL_VARIABLES}}});
  loss_ = tf::reduce_sum(w_ * w_, {.name = "loss"});
  tf::summary::scalar("loss", loss_);
  train_ = tf::train::GradientDescentOptimizer(0.1).minimize(loss_, {.global_step = step_});
  auto sess = tf::train::MonitoredTrainingSession(
      {.checkpoint_dir = folder_.path(),
       .hooks = {std::make_shared<tf::train::StopAtStepHook>(tf::train::StopAtStepHookOptions{.num_steps = 3, .last_step = {}})}});
  int runs = 0;
  sess.run_until_end([&] { sess.run(train_), ++runs; });
  EXPECT_EQ(runs, 3);
  // Behind these stands a name that is made at random.
  reflow::testing::expect_golden_graph("monitored", {.first_nodes = 128, .folder = "graphs"});
}

TEST_F(MonitoredSessionTest, GoesOnWithTheNewestCheckpoint) {
  build();
  {
    auto sess = tf::train::MonitoredTrainingSession({.checkpoint_dir = folder_.path(), .hooks = stop_at(2)});
    sess.run_until_end([&] { sess.run(train_); });
  }
  const tf::Graph another;
  const auto scope = another.as_default();
  build();
  auto sess = tf::train::MonitoredTrainingSession({.checkpoint_dir = folder_.path(), .hooks = stop_at(3)});
  EXPECT_FLOAT_EQ(sess.run(w_).data<float>()[0], 0.64f);
  sess.run_until_end([&] { sess.run(train_); });
  EXPECT_EQ(tf::train::latest_checkpoint(folder_.path()), folder_.path() + "/model.ckpt-3");
}

TEST_F(MonitoredSessionTest, WritesSummariesGraphAndCheckpointsToOneFile) {
  build();
  auto sess = tf::train::MonitoredTrainingSession(
      {.checkpoint_dir = folder_.path(), .hooks = stop_at(4), .save_summaries_steps = 2, .log_step_count_steps = 0});
  sess.run_until_end([&] { sess.run(train_); });
  const auto writer = tf::summary::FileWriterCache::get(folder_.path());
  writer->flush();
  std::vector<std::string> kinds;
  for (const std::string& event : tf::train::summary_iterator(writer->path())) {
    reflow::formats::EventView view;
    ASSERT_TRUE(reflow::formats::read_event(event, &view));
    switch (*view.field) {
      case reflow::formats::EventField::kSummary:
        kinds.push_back("summary " + std::to_string(view.step));
        break;
      case reflow::formats::EventField::kSessionLog:
        kinds.push_back("log " + std::to_string(view.step));
        break;
      case reflow::formats::EventField::kGraphDef:
        kinds.push_back("graph");
        break;
      case reflow::formats::EventField::kMetaGraphDef:
        kinds.push_back("meta graph");
        break;
      default:
        break;
    }
  }
  EXPECT_THAT(kinds, ElementsAre("graph", "meta graph", "log 0", "log 1", "summary 1", "summary 3", "log 4"));
}

// Feeds, fetches and counts calls.
class CountingHook : public tf::train::SessionRunHook {
 public:
  CountingHook(tf::Output fetch, tf::FeedDict feeds) : fetch_(fetch), feeds_(std::move(feeds)) {}
  void begin() override { calls.push_back("begin"); }
  void after_create_session(const tf::Session&, tf::train::Coordinator&) override { calls.push_back("created"); }
  std::optional<tf::train::SessionRunArgs> before_run(tf::train::SessionRunContext& context) override {
    calls.push_back("before " + std::to_string(context.original_args().fetches.size()));
    return tf::train::SessionRunArgs{.fetches = {fetch_}, .feed_dict = feeds_, .options = {}};
  }
  void after_run(tf::train::SessionRunContext&, const tf::train::SessionRunValues& values) override {
    calls.push_back("after " + std::to_string(static_cast<int>(values.results.at(0).item<float>())));
  }
  void end(const tf::Session&) override { calls.push_back("end"); }

  std::vector<std::string> calls;

 private:
  tf::Output fetch_;
  tf::FeedDict feeds_;
};

TEST_F(MonitoredSessionTest, CallsHooksAroundEachRun) {
  const tf::Output x = tf::placeholder(tf::float32, {}, {.name = "x"}), y = x * 2., z = x + 1.;
  const auto hook = std::make_shared<CountingHook>(y, tf::FeedDict{{x, 4.}});
  tf::train::MonitoredSession sess(nullptr, {hook});
  EXPECT_EQ(sess.run(z).item<float>(), 5);
  sess.close();
  EXPECT_THAT(hook->calls, ElementsAre("begin", "created", "before 1", "after 8", "end"));
}

TEST_F(MonitoredSessionTest, TwoValuesForOneTensorAreAnError) {
  const tf::Output x = tf::placeholder(tf::float32, {}, {.name = "x"});
  const auto one = std::make_shared<CountingHook>(x, tf::FeedDict{{x, 4.}});
  const auto two = std::make_shared<CountingHook>(x, tf::FeedDict{{x, 5.}});
  {
    tf::train::SingularMonitoredSession sess({.hooks = {one}});
    EXPECT_THAT([&] { sess.run(x, {{x, 1.}}); },
                ThrowsMessage<tf::RuntimeError>(HasSubstr("Same tensor is fed by a SessionRunHook and user.")));
  }
  tf::train::SingularMonitoredSession sess({.hooks = {one, two}});
  EXPECT_THAT([&] { sess.run(x); }, ThrowsMessage<tf::RuntimeError>(HasSubstr("Same tensor is fed by two hooks.")));
}

TEST_F(MonitoredSessionTest, TheEndOfTheInputEndsTheLoop) {
  const tf::Output next = tf::train::limit_epochs(tf::constant(7.), 3);
  tf::train::MonitoredSession sess;
  int runs = 0;
  sess.run_until_end([&] { sess.run(next), ++runs; });
  EXPECT_EQ(runs, 3);
  EXPECT_THAT([&] { sess.close(); }, ThrowsMessage<tf::RuntimeError>("Session is already closed."));
  EXPECT_TRUE(sess.should_stop());
}

TEST_F(MonitoredSessionTest, ALostSessionIsMadeAnew) {
  build();
  struct LosingHook : tf::train::SessionRunHook {
    void after_create_session(const tf::Session&, tf::train::Coordinator&) override { ++sessions; }
    void after_run(tf::train::SessionRunContext&, const tf::train::SessionRunValues&) override {
      if (++runs == 2) throw tf::errors::AbortedError("the worker was lost");
    }
    int sessions = 0, runs = 0;
  };
  const auto hook = std::make_shared<LosingHook>();
  tf::train::MonitoredSession sess(nullptr, {hook});
  sess.run(train_);
  sess.run(train_);
  EXPECT_EQ(hook->sessions, 2);
  EXPECT_EQ(hook->runs, 3);
  EXPECT_FLOAT_EQ(sess.run(w_).data<float>()[0], 0.8f);  // the new session has begun anew
}

TEST_F(MonitoredSessionTest, StepFunctionsRunWithHooksAndWithout) {
  build();
  const auto hook = std::make_shared<CountingHook>(loss_, tf::FeedDict());
  tf::train::MonitoredSession sess(nullptr, {hook});
  sess.run_step_fn([&](const tf::train::StepContext& context) {
    context.session().run(train_);
    context.run_with_hooks({train_});
  });
  EXPECT_EQ(hook->calls.size(), 4u);
  EXPECT_THROW(sess.run_step_fn([](const tf::train::StepContext& context) { context.request_stop(); }),
               tf::errors::OutOfRangeError);
}

TEST_F(MonitoredSessionTest, NanLossEndsTrainingWithAnError) {
  const tf::Output loss = tf::constant(1.) * std::numeric_limits<float>::quiet_NaN();
  tf::train::MonitoredSession sess(nullptr, {std::make_shared<tf::train::NanTensorHook>(loss)});
  EXPECT_THAT([&] { sess.run(loss); }, ThrowsMessage<tf::train::NanLossDuringTrainingError>("NaN loss during training."));
  tf::train::MonitoredSession lenient(
      nullptr, {std::make_shared<tf::train::NanTensorHook>(loss, tf::train::NanTensorHookOptions{.fail_on_nan_loss = false})});
  lenient.run(loss);
  EXPECT_TRUE(lenient.should_stop());
  EXPECT_THAT([&] { lenient.run(loss); },
              ThrowsMessage<tf::RuntimeError>("Run called even after should_stop requested."));
}

TEST_F(MonitoredSessionTest, FinalOpsRunAtTheEnd) {
  build();
  const auto hook = std::make_shared<tf::train::FinalOpsHook>(std::vector<tf::GraphElement>{w_, step_});
  tf::train::MonitoredSession sess(nullptr, {hook});
  sess.run(train_);
  sess.close();
  EXPECT_FLOAT_EQ(hook->final_ops_values().at(0).data<float>()[1], 0.8f);
  EXPECT_EQ(hook->final_ops_values().at(1).item<int64_t>(), 1);
}

TEST_F(MonitoredSessionTest, HooksNeedAGlobalStep) {
  EXPECT_THAT([&] { tf::train::MonitoredSession sess(nullptr, stop_at(3)); },
              ThrowsMessage<tf::RuntimeError>("Global step should be created to use StopAtStepHook."));
}

TEST_F(MonitoredSessionTest, GraphIsFinalWhileTheSessionIsOpen) {
  build();
  tf::train::MonitoredSession sess;
  EXPECT_THROW(tf::constant(1.), tf::RuntimeError);
  sess.close();
  EXPECT_NO_THROW(tf::constant(1.));
}

TEST_F(MonitoredSessionTest, ProfilerHookWritesATimeline) {
  build();
  tf::train::Hooks hooks = {std::make_shared<tf::train::ProfilerHook>(
      tf::train::ProfilerHookOptions{.save_steps = 1, .save_secs = {}, .output_dir = folder_.path()})};
  tf::train::MonitoredSession sess(nullptr, hooks);
  sess.run(train_), sess.run(train_);
  EXPECT_GT(std::filesystem::file_size(folder_.path() + "/timeline-2.json"), 500u);
}

TEST_F(MonitoredSessionTest, TimersTriggerBySteps) {
  tf::train::SecondOrStepTimer timer({.every_secs = {}, .every_steps = 3});
  EXPECT_TRUE(timer.should_trigger_for_step(5));
  EXPECT_FALSE(timer.update_last_triggered_step(5));
  EXPECT_FALSE(timer.should_trigger_for_step(7));
  EXPECT_TRUE(timer.should_trigger_for_step(8));
  EXPECT_EQ(timer.update_last_triggered_step(9)->steps, 4);
  EXPECT_THAT([] { tf::train::SecondOrStepTimer({.every_secs = 1, .every_steps = 1}); },
              ThrowsMessage<tf::ValueError>("Can not provide both every_secs and every_steps."));
}

TEST_F(MonitoredSessionTest, LoggingHooksNeedOneInterval) {
  EXPECT_THAT([] { tf::train::LoggingTensorHook(std::vector<std::string>{"x"}, {}); },
              ThrowsMessage<tf::ValueError>(
                  "either at_end and/or exactly one of every_n_iter and every_n_secs must be provided."));
}

}  // namespace
