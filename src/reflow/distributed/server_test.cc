// Servers of one process and their sessions.

#include "reflow/train/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "reflow/client/session_of_config.h"
#include "reflow/reflow.h"
#include "tensorflow/core/protobuf/config.pb.h"

namespace tf = reflow;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

tf::Session session_on(const tf::train::Server& server, const std::string& config = "") {
  return tf::session_of_config({.target = server.target()}, config);
}

float item(const tf::Tensor& t) { return t.item<float>(); }

// One task.
class LocalServerTest : public ::testing::Test {
 protected:
  ~LocalServerTest() override { server_.stop(); }
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
  tf::train::Server server_ = tf::train::Server::create_local_server();
};

TEST_F(LocalServerTest, RunsAGraph) {
  const tf::Output x = tf::placeholder(tf::float32, {-1}, {.name = "x"});
  const tf::Output y = x * 2.;
  const tf::Session sess = session_on(server_);
  const tf::Tensor result = sess.run(y, {{x, {1, 2.5}}});
  EXPECT_EQ(result.data<float>()[1], 5);
  EXPECT_THAT(sess.list_devices(), ElementsAre("/job:local/replica:0/task:0/device:CPU:0"));
}

TEST_F(LocalServerTest, TheGraphMayGrow) {
  const tf::Output a = tf::constant(1.);
  const tf::Session sess = session_on(server_);
  EXPECT_EQ(item(sess.run(a)), 1);
  const tf::Output b = a + 1.;
  EXPECT_EQ(item(sess.run(b)), 2);
}

TEST_F(LocalServerTest, SessionsShareVariables) {
  const tf::Variable v(3., {.name = "v"});
  session_on(server_).run(v.initializer());
  EXPECT_EQ(item(session_on(server_).run(v)), 3);
  tensorflow::ConfigProto isolated;
  isolated.set_isolate_session_state(true);
  const tf::Session alone = session_on(server_, isolated.SerializeAsString());
  EXPECT_THAT([&] { alone.run(v); }, ThrowsMessage<tf::errors::FailedPreconditionError>(
                                         HasSubstr("Attempting to use uninitialized value v")));
}

TEST_F(LocalServerTest, ResetEndsSessionsAndForgetsVariables) {
  const tf::Variable v(3., {.name = "v"});
  const tf::Session sess = session_on(server_);
  sess.run(v.initializer());
  tf::reset_target(server_.target(), {});
  EXPECT_THAT([&] { sess.run(v); }, ThrowsMessage<tf::errors::AbortedError>(HasSubstr(" is not found.")));
  EXPECT_THAT([&] { session_on(server_).run(v); },
              ThrowsMessage<tf::errors::FailedPreconditionError>(HasSubstr("uninitialized value v")));
}

TEST_F(LocalServerTest, ErrorsNameTheTaskAndTheNode) {
  const tf::Output bad = tf::check_numerics(tf::log(tf::constant(0.)), "bad");
  EXPECT_THAT([&] { session_on(server_).run(bad); },
              ThrowsMessage<tf::errors::InvalidArgumentError>(HasSubstr("From /job:local/replica:0/task:0:\nbad : Tensor had Inf")));
}

TEST_F(LocalServerTest, WaitingEndsWithTheTimeout) {
  const tf::FIFOQueue queue(3, {tf::float32}, {.shared_name = "q"});
  const tf::Output taken = queue.dequeue()[0];
  tf::RunOptions options;
  options.timeout_in_ms = 100;
  EXPECT_THAT([&] { session_on(server_).run({taken}, {}, options); },
              ThrowsMessage<tf::errors::DeadlineExceededError>("Operation timed out."));
}

TEST_F(LocalServerTest, ClosingTheSessionEndsRunsThatWait) {
  const tf::FIFOQueue queue(3, {tf::float32}, {.shared_name = "q2"});
  const tf::Output taken = queue.dequeue()[0];
  const tf::Session sess = session_on(server_);
  sess.run(tf::constant(1.));
  std::thread closer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    sess.close();
  });
  EXPECT_THROW(sess.run(taken), tf::errors::CancelledError);
  closer.join();
}

TEST_F(LocalServerTest, PartialRunsGoOn) {
  const tf::Output a = tf::placeholder(tf::float32, {}, {.name = "a"}), b = tf::placeholder(tf::float32, {}, {.name = "b"});
  const tf::Output doubled = a * 2., sum = doubled + b;
  const tf::Session sess = session_on(server_);
  const std::string handle = sess.partial_run_setup({doubled, sum}, {a, b});
  EXPECT_EQ(item(sess.partial_run(handle, {doubled}, {{a, 3}})[0]), 6);
  EXPECT_EQ(item(sess.partial_run(handle, {sum}, {{b, 1}})[0]), 7);
  EXPECT_THROW(sess.partial_run(handle, {sum}, {{b, 1}}), tf::errors::InvalidArgumentError);
}

TEST_F(LocalServerTest, APortInUseIsAnError) {
  const std::string target = server_.target();
  const tf::train::ClusterSpec taken = {{"local", {target.substr(target.find("localhost"))}}};
  EXPECT_THAT([&] { tf::train::Server server(taken); },
              ThrowsMessage<tf::errors::UnknownError>("Could not start gRPC server"));
}

// A parameter server and a worker, in one process, which talk over gRPC.
class ClusterTest : public ::testing::Test {
 protected:
  ~ClusterTest() override {
    worker_.stop();
    ps_.stop();
  }
  const tf::train::ClusterSpec cluster_ = {{"ps", {"localhost:" + std::to_string(free_port())}},
                                           {"worker", {"localhost: " + std::to_string(free_port())}}};
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
  tf::train::Server ps_{cluster_, {.job_name = "ps"}}, worker_{cluster_, {.job_name = "worker"}};
};

TEST_F(ClusterTest, ListsTheDevicesOfAllTasks) {
  EXPECT_THAT(session_on(worker_).list_devices(), ElementsAre("/job:worker/replica:0/task:0/device:CPU:0",
                                                              "/job:ps/replica:0/task:0/device:CPU:0"));
  tensorflow::ConfigProto filtered;
  filtered.add_device_filters("/job:worker");
  EXPECT_THAT(session_on(worker_, filtered.SerializeAsString()).list_devices(),
              ElementsAre("/job:worker/replica:0/task:0/device:CPU:0"));
}

TEST_F(ClusterTest, ValuesGoFromTaskToTask) {
  std::optional<tf::Variable> v;
  tf::Output y;
  {
    const tf::device on_ps("/job:ps/task:0");
    v.emplace(std::vector<float>(1000, 2), tf::VariableOptions{.name = "v"});
  }
  {
    const tf::device on_worker("/job:worker/task:0");
    y = *v * 3.;
  }
  const tf::Session sess = session_on(worker_);
  sess.run(v->initializer());
  EXPECT_EQ(sess.run(y).data<float>()[999], 6);
  EXPECT_EQ(sess.run(v->assign_add(std::vector<float>(1000, 1))).data<float>()[0], 3);
  EXPECT_EQ(session_on(ps_).run(y).data<float>()[0], 9);  // the variable is the server's
}

TEST_F(ClusterTest, TrainsOverTwoTasks) {
  std::optional<tf::Variable> w;
  {
    const tf::device on_ps("/job:ps/task:0");
    w.emplace(5., tf::VariableOptions{.name = "w"});
  }
  const tf::device on_worker("/job:worker/task:0");
  const tf::Output loss = tf::square(*w - 1.);
  const tf::Operation train = tf::train::GradientDescentOptimizer(0.25).minimize(loss);
  const tf::Session sess = session_on(worker_);
  sess.run(w->initializer());
  for (int i = 0; i < 20; ++i) sess.run(train);
  EXPECT_NEAR(item(sess.run(*w)), 1, 1e-4);
}

TEST_F(ClusterTest, ErrorsOfOneTaskEndTheOthers) {
  tf::Output bad, waits;
  {
    const tf::device on_ps("/job:ps/task:0");
    bad = tf::check_numerics(tf::log(tf::constant(0.)), "bad");
  }
  const tf::device on_worker("/job:worker/task:0");
  waits = bad + 1.;
  EXPECT_THAT([&] { session_on(worker_).run(waits); },
              ThrowsMessage<tf::errors::InvalidArgumentError>(HasSubstr("From /job:ps/replica:0/task:0:\nbad : Tensor had Inf")));
}

TEST_F(ClusterTest, ATaskThatEndsIsUnavailable) {
  tf::Output taken;
  {
    const tf::device on_ps("/job:ps/task:0");
    const tf::FIFOQueue queue(3, {tf::float32}, {.shared_name = "q"});
    taken = queue.dequeue()[0];
  }
  const tf::Session sess = session_on(worker_);
  sess.run(tf::constant(1.));
  std::thread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    ps_.stop();
  });
  EXPECT_THROW(sess.run(taken), tf::errors::OpError);
  killer.join();
  EXPECT_THROW(sess.run(taken), tf::errors::UnavailableError);
}

TEST_F(ClusterTest, AnUnknownTaskIsAnError) {
  const tf::device nowhere("/job:worker/task:7");
  const tf::Output x = tf::constant(1.);
  EXPECT_THAT([&] { session_on(worker_).run(x); },
              ThrowsMessage<tf::errors::InvalidArgumentError>(HasSubstr(
                  "was explicitly assigned to /job:worker/task:7 but available devices are [ "
                  "/job:ps/replica:0/task:0/device:CPU:0, /job:worker/replica:0/task:0/device:CPU:0 ]")));
}

TEST_F(ClusterTest, MakingASessionWaitsForItsTasks) {
  ps_.stop();
  const tf::Output x = tf::constant(1.);
  tensorflow::ConfigProto config;
  config.set_operation_timeout_in_ms(300);
  EXPECT_THROW(session_on(worker_, config.SerializeAsString()).run(x), tf::errors::DeadlineExceededError);
}

}  // namespace
