#include "reflow/client/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

class SessionTest : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

float item(const tf::Tensor& t) { return t.item<float>(); }

TEST_F(SessionTest, RunsTensorsOperationsAndVariables) {
  const tf::Variable v(3., {.name = "v"});
  const tf::Output doubled = v * 2.;
  tf::Session sess;
  EXPECT_FALSE(sess.run(tf::global_variables_initializer()).valid());
  EXPECT_EQ(item(sess.run(doubled)), 6);
  EXPECT_EQ(item(sess.run(v)), 3);
  EXPECT_EQ(item(sess.run("mul:0")), 6);
}

TEST_F(SessionTest, ResultsKeepTheOrderOfFetches) {
  const tf::Output a = tf::constant(1.), b = a + 1.;
  tf::Session sess;
  auto [first, nothing, second] = sess.run<3>({b, tf::no_op(), a});
  EXPECT_EQ(item(first), 2);
  EXPECT_FALSE(nothing.valid());
  EXPECT_EQ(item(second), 1);
  const std::vector<tf::Tensor> twice = sess.run({a, a});
  EXPECT_EQ(item(twice[0]) + item(twice[1]), 2);
}

TEST_F(SessionTest, FeedsTakeTheTypeOfTheirTensor) {
  const tf::Output x = tf::placeholder(tf::float32, {-1}, {.name = "x"}), i = tf::placeholder(tf::int32, {},
      {.name = "i"});
  const tf::Output y = x * 2.;
  tf::Session sess;
  const tf::Tensor t = sess.run(y, {{x, {1, 2.5}}});
  EXPECT_EQ(t.data<float>()[1], 5);
  EXPECT_EQ(sess.run(y, {{x, std::vector<double>{3, 4, 5}}}).shape(), (tf::Shape{3}));
  EXPECT_EQ(sess.run(i, {{i, 1.5}}).item<int32_t>(), 1);
}

TEST_F(SessionTest, AnyTensorMayBeFed) {
  const tf::Output a = tf::constant(1.), b = a + 1., c = b * 10.;
  tf::Session sess;
  EXPECT_EQ(item(sess.run(c, {{b, 5.}})), 50);
  EXPECT_EQ(item(sess.run(b, {{b, 5.}})), 5);
}

TEST_F(SessionTest, FeedsThatDontFit) {
  const tf::Output x = tf::placeholder(tf::float32, {-1, 3}, {.name = "x"}), i = tf::placeholder(tf::int32, {},
      {.name = "i"});
  tf::Session sess;
  EXPECT_THAT([&] { sess.run(x, {{x, {1, 2}}}); },
              ThrowsMessage<tf::ValueError>("Cannot feed value of shape (2,) for Tensor 'x:0', which has shape '(?, "
                  "3)'"));
  EXPECT_THAT([&] { sess.run(x, {{x, "abc"}}); }, ThrowsMessage<tf::ValueError>("could not convert string to float: "
      "'abc'"));
  EXPECT_THAT([&] { sess.run(i, {{i, int64_t{1} << 40}}); },
              ThrowsMessage<tf::TypeError>(StartsWith("Type of feed value 1099511627776 with type <class 'int'> is "
                  "not")));
  EXPECT_THAT([&] { sess.run(x, {{x, x}}); }, ThrowsMessage<tf::TypeError>(StartsWith("The value of a feed cannot be "
      "a")));
  EXPECT_THROW(sess.run(x, {{tf::no_op(), 1.}}), tf::TypeError);
}

TEST_F(SessionTest, FetchesThatAreNotThere) {
  const tf::Output a = tf::constant(1.);
  const tf::Graph other;
  tf::Output elsewhere;
  {
    const auto scope = other.as_default();
    elsewhere = tf::constant(1.);
  }
  tf::Session sess;
  EXPECT_THAT([&] { sess.run(elsewhere); }, ThrowsMessage<tf::ValueError>(HasSubstr("is not an element of this "
      "graph.")));
  EXPECT_THAT([&] { sess.run("nothing:0"); }, ThrowsMessage<tf::ValueError>(HasSubstr("does not exist in the graph.")));
}

TEST_F(SessionTest, EmptyGraphAndClosedSession) {
  const tf::Session sess;
  EXPECT_THAT([&] { sess.run("x:0"); }, ThrowsMessage<tf::ValueError>(HasSubstr("x:0")));
  const tf::Output a = tf::constant(1.);
  sess.run(a);
  sess.close();
  EXPECT_THAT([&] { sess.run(a); }, ThrowsMessage<tf::RuntimeError>("Attempted to use a closed Session."));
}

TEST_F(SessionTest, ErrorsOfRunsNameTheNode) {
  const tf::Output x = tf::placeholder(tf::float32, {2}, {.name = "x"});
  const tf::Output y = x + 1.;
  tf::Session sess;
  try {
    sess.run(y);
    FAIL();
  } catch (const tf::errors::InvalidArgumentError& e) {
    EXPECT_EQ(e.node_name(), "x");
    EXPECT_THAT(e.message(), StartsWith("You must feed a value for placeholder tensor 'x' with dtype float and shape "
        "[2]\n"));
  }
}

TEST_F(SessionTest, UninitialisedVariable) {
  const tf::Variable v(1., {.name = "v"});
  tf::Session sess;
  EXPECT_THAT([&] { sess.run(v.read_value()); }, ThrowsMessage<tf::errors::FailedPreconditionError>(
                                                     StartsWith("Attempting to use uninitialized value v\n")));
}

TEST_F(SessionTest, CallableRunsWhatWasPrepared) {
  const tf::Output x = tf::placeholder(tf::float32, {}, {.name = "x"});
  const tf::Output y = x * x;
  tf::Session sess;
  const tf::Callable square = sess.make_callable({y}, {x});
  EXPECT_EQ(item(square(tf::Tensor::scalar(3.f))[0]), 9);
  EXPECT_EQ(item(square(tf::Tensor::scalar(4.f))[0]), 16);
  EXPECT_THROW(square(), tf::ValueError);
  EXPECT_THROW(square(tf::Tensor::scalar(int32_t{3})), tf::TypeError);
}

TEST_F(SessionTest, FetchedArraysStayAsTheyAre) {
  const tf::Variable v(1., {.name = "v"});
  const tf::Output up = v.assign_add(1.);
  tf::Session sess;
  sess.run(v.initializer());
  const tf::Tensor before = sess.run(v);
  sess.run(up.op());
  EXPECT_EQ(item(before), 1);
  EXPECT_EQ(item(sess.run(v)), 2);
}

TEST_F(SessionTest, EvalTakesTheDefaultSession) {
  const tf::Output x = tf::placeholder(tf::float32, {}, {.name = "x"}), y = x + 1.;
  EXPECT_THAT([&] { y.eval(); }, ThrowsMessage<tf::ValueError>(StartsWith("Cannot evaluate tensor using `eval()`: "
      "No")));
  const tf::InteractiveSession sess;
  EXPECT_EQ(item(y.eval({{x, 1.}})), 2);
  tf::no_op().run();
}

TEST_F(SessionTest, GraphGrowsBetweenRuns) {
  const tf::Output a = tf::constant(2.);
  tf::Session sess;
  EXPECT_EQ(item(sess.run(a)), 2);
  EXPECT_EQ(item(sess.run(a * a)), 4);
}

// Of messages in the wire format: field 1 of ConfigProto is a map, 2 to 11 are numbers.
TEST_F(SessionTest, ReadsConfigProtos) {
  // device_count {key: "CPU" value: 2} inter_op: 3 intra_op: 1 soft placement, timeout 250 ms, opt_level L0.
  const std::string bytes("\x0a\x07\x0a\x03" "CPU\x10\x02" "\x10\x01" "\x28\x03" "\x38\x01" "\x58\xfa\x01"
                          "\x52\x0d\x1a\x0b\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 33);
  const tf::SessionConfig config = tf::SessionConfig::parse(bytes);
  EXPECT_EQ(config.device_count.at("CPU"), 2);
  EXPECT_EQ(config.intra_op_parallelism_threads, 1);
  EXPECT_EQ(config.inter_op_parallelism_threads, 3);
  EXPECT_TRUE(config.allow_soft_placement);
  EXPECT_EQ(config.operation_timeout_in_ms, 250);
  EXPECT_EQ(config.disabled_passes, std::set<std::string>{"all"});
  EXPECT_THAT([] { tf::SessionConfig::parse("\xff"); }, ThrowsMessage<tf::ValueError>("Not a serialized ConfigProto"));
}

TEST_F(SessionTest, ReadsRunOptions) {
  const tf::RunOptions options = tf::RunOptions::parse(std::string("\x08\x03\x10\x64\x28\x01\x38\x01", 8));
  EXPECT_EQ(options.trace_level, tf::RunOptions::FULL_TRACE);
  EXPECT_EQ(options.timeout_in_ms, 100);
  EXPECT_TRUE(options.output_partition_graphs);
  EXPECT_TRUE(options.report_tensor_allocations_upon_oom);
}

TEST_F(SessionTest, TellsWhatARunDid) {
  const tf::Output x = tf::placeholder(tf::float32, {-1}, {.name = "x"});
  const tf::Output y = tf::square(tf::reduce_sum(x), {.name = "y"});
  tf::Session sess;
  tf::RunMetadata metadata;
  sess.run({y}, {{x, {1, 2}}}, {.trace_level = tf::RunOptions::FULL_TRACE, .output_partition_graphs = true}, &metadata);
  ASSERT_GT(metadata.nodes.size(), 2u);
  EXPECT_EQ(metadata.nodes.front().node, "_SOURCE");
  EXPECT_EQ(metadata.nodes[metadata.nodes.size() - 2].node, "y");
  EXPECT_EQ(metadata.nodes[metadata.nodes.size() - 2].output_bytes, 4);
  EXPECT_EQ(metadata.nodes.back().node, "_retval_y_0_0");
  const std::string bytes = metadata.serialize();
  EXPECT_THAT(bytes, HasSubstr("y = Square(Sum)"));
  EXPECT_THAT(bytes, HasSubstr("/job:localhost/replica:0/task:0/device:CPU:0"));
  EXPECT_THAT(bytes, HasSubstr("_arg_x_0_0"));     // of the partition's graph
  EXPECT_THAT(bytes, HasSubstr("_retval_y_0_0"));
  sess.run({y}, {{x, {1, 2}}}, tf::RunOptions(), &metadata);
  EXPECT_TRUE(metadata.nodes.empty());
  EXPECT_TRUE(metadata.serialize().empty());
}

TEST_F(SessionTest, PoolsThatAreNotThere) {
  const tf::Output y = tf::constant(1.f);
  tf::Session sess;
  EXPECT_THAT([&] { sess.run({y}, {}, {.inter_op_thread_pool = 1}); },
              ThrowsMessage<tf::errors::InvalidArgumentError>(HasSubstr("Invalid inter_op_thread_pool: 1")));
  EXPECT_EQ(item(sess.run({y}, {}, {.inter_op_thread_pool = -1})[0]), 1);
}

TEST_F(SessionTest, BuildsCostGraphsNowAndThen) {
  const tf::Output x = tf::placeholder(tf::float32, {-1}, {.name = "x"}), y = tf::square(x, {.name = "y"});
  tf::Session sess({.config = {.build_cost_model = 2}});
  tf::RunMetadata metadata;
  int with_costs = 0;
  for (int i = 0; i < 4; ++i) {
    sess.run({y}, {{x, {1, 2}}}, tf::RunOptions(), &metadata);
    with_costs += !metadata.serialize().empty();
  }
  EXPECT_EQ(with_costs, 2);
}

TEST_F(SessionTest, LackOfMemoryIsExplained) {
  const tf::Output n = tf::placeholder(tf::int32, {2}), y = tf::fill(n, 1.f, {.name = "y"});
  tf::Session sess;
  const tf::FeedDict feeds{{n, {2000000, 100000000}}};
  EXPECT_THAT([&] { sess.run(y, feeds); },
              ThrowsMessage<tf::errors::ResourceExhaustedError>(
                  "OOM when allocating tensor with shape[2000000,100000000] and type float on "
                  "/job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu\n\t [[{{node y}}]]\nHint: If you want to see "
                  "a list of allocated tensors when OOM happens, add report_tensor_allocations_upon_oom to RunOptions for "
                  "current allocation info.\n"));
  EXPECT_THAT([&] { sess.run({y}, feeds, {.report_tensor_allocations_upon_oom = true}); },
              ThrowsMessage<tf::errors::ResourceExhaustedError>(HasSubstr("by allocator cpu\n\t [[{{node y}}]]\n")));
}

TEST_F(SessionTest, RunsBitByBit) {
  const tf::Output a = tf::placeholder(tf::float32, tf::Shape{}, {.name = "a"}), b = tf::placeholder(tf::float32, tf::Shape{}, {.name = "b"});
  const tf::Output c = tf::multiply(a, 2.f, {.name = "c"}), d = tf::add(c, b, {.name = "d"});
  tf::Session sess;
  const std::string handle = sess.partial_run_setup({c, d}, {a, b});
  EXPECT_THAT([&] { sess.partial_run(handle, {d}, {{a, 3.f}}); },
              ThrowsMessage<tf::errors::InvalidArgumentError>(
                  "Fetch b:0 can't be computed from the feeds that have been fed so far."));
  EXPECT_EQ(item(sess.partial_run(handle, {c}, {{a, 3.f}})[0]), 6);
  EXPECT_THAT([&] { sess.partial_run(handle, {c}, {{b, 1.f}}); },
              ThrowsMessage<tf::errors::InvalidArgumentError>("The fetch c:0 has already been fetched."));
  EXPECT_THAT([&] { sess.partial_run(handle, {a}, {}); },
              ThrowsMessage<tf::errors::InvalidArgumentError>("The fetch a:0 was not specified in partial_run_setup."));
  EXPECT_EQ(item(sess.partial_run(handle, {d}, {{b, 1.f}})[0]), 7);
  EXPECT_THAT([&] { sess.partial_run(handle, {d}, {}); },
              ThrowsMessage<tf::errors::InvalidArgumentError>("Must run 'setup' before performing partial runs!"));
}

// In a whole run the update would come first.
TEST_F(SessionTest, PartsOfARunDoNotWaitForUpdatesToCome) {
  const tf::Variable v(3., {.name = "v"});
  const tf::Output a = tf::placeholder(tf::float32, tf::Shape{}), b = tf::placeholder(tf::float32, tf::Shape{});
  const tf::Output product = tf::exp(tf::exp(a)) * v, update = v.assign_add(b);
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  const std::string handle = sess.partial_run_setup({product, update}, {a, b});
  EXPECT_NEAR(item(sess.partial_run(handle, {product}, {{a, 0.f}})[0]), 8.154845f, 1e-5f);
  EXPECT_EQ(item(sess.partial_run(handle, {update}, {{b, 1.f}})[0]), 4);
}

TEST_F(SessionTest, UnfinishedPartialRunsEndWithTheSession) {
  const tf::Output a = tf::placeholder(tf::float32, tf::Shape{}, {.name = "a"}), b = a + 1.;
  const tf::Session sess;
  sess.partial_run_setup({b}, {a});
  sess.close();
}

TEST_F(SessionTest, CancellationEndsARun) {
  const tf::Output a = tf::constant(1.);
  tf::Session sess;
  const tf::Cancellation cancellation;
  EXPECT_EQ(sess.run({a}, {}, {.cancellation = cancellation}).size(), 1u);
  cancellation.cancel();
  EXPECT_TRUE(cancellation.cancelled());
  EXPECT_THROW(sess.run({a + 1.}, {}, {.cancellation = cancellation}), tf::errors::CancelledError);
}

}  // namespace
