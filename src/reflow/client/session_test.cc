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

}  // namespace
