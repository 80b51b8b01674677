// Loops and conds that run in a fixed order give what the dataflow loop gives, which runs whoever is traced.

#include "reflow/runtime/scheduled_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "reflow/client/apply_op.h"
#include "reflow/reflow.h"
#include "reflow/tensor/allocator.h"

namespace reflow {
namespace {

using ::testing::HasSubstr;
using Vars = std::vector<Output>;

class ScheduledRunTest : public ::testing::Test {
 protected:
  // The values of one run, and of a second; each again by the dataflow loop.
  std::vector<std::string> run(const std::vector<GraphElement>& fetches, const FeedDict& feeds = {}) {
    std::vector<std::string> values = texts(session_.run(fetches, feeds));
    EXPECT_EQ(texts(session_.run(fetches, feeds)), values);
    RunMetadata metadata;
    EXPECT_EQ(texts(session_.run(fetches, feeds, {.trace_level = RunOptions::FULL_TRACE}, &metadata)), values);
    return values;
  }
  static std::vector<std::string> texts(const std::vector<Tensor>& tensors) {
    std::vector<std::string> texts;
    for (const Tensor& tensor : tensors) texts.push_back(tensor.shape().str() + " " + tensor.summarize(-1));
    return texts;
  }

  Graph graph_;
  Graph::DefaultScope scope_ = graph_.as_default();
  Session session_;
};

// body(v) n times; v[0] counts.
Vars times(const TensorLike& n, TensorList initial, const std::function<TensorList(const Vars&)>& body,
           const WhileLoopOptions& options = {}) {
  initial.insert(initial.begin(), 0);
  return while_loop([&](const Vars& v) { return v[0] < n; },
                    [&](const Vars& v) {
                      TensorList next = body(v);
                      next.insert(next.begin(), v[0] + 1);
                      return next;
                    },
                    initial, options);
}

TEST_F(ScheduledRunTest, ValuesChangePlacesAllAtOnce) {
  const Vars fibonacci = times(10, {0, 1}, [](const Vars& v) { return TensorList{v[2], v[1] + v[2]}; });
  EXPECT_EQ(run({fibonacci[1], fibonacci[2]}), (std::vector<std::string>{"[] 55", "[] 89"}));
  const Vars swapped = times(3, {1, 2, 3}, [](const Vars& v) { return TensorList{v[3], v[1], v[2]}; });
  EXPECT_EQ(run({swapped[1], swapped[2], swapped[3]}), (std::vector<std::string>{"[] 1", "[] 2", "[] 3"}));
}

TEST_F(ScheduledRunTest, OneValueForTwoVariables) {
  const Vars v = times(3, {1, 2}, [](const Vars& v) {
    const Output sum = v[1] + v[2];
    return TensorList{sum, sum};
  });
  EXPECT_EQ(run({v[1], v[2]}), (std::vector<std::string>{"[] 12", "[] 12"}));
}

TEST_F(ScheduledRunTest, ShapesThatGrow) {
  const Vars v = times(4, {constant({1.f, 2.f})}, [](const Vars& v) { return TensorList{concat({v[1], v[1] * 2.f}, 0)}; },
                       {.shape_invariants = std::vector<Shape>{Shape{}, Shape{-1}}});
  EXPECT_EQ(run({shape(v[1]), reduce_sum(v[1])}), (std::vector<std::string>{"[1] 32", "[] 243"}));
}

TEST_F(ScheduledRunTest, LargeValues) {
  const Output ones = fill({100, 100}, 1.f);
  const Vars v = times(5, {ones, ones}, [](const Vars& v) { return TensorList{v[1] + v[2] * 2.f, v[1] * v[2]}; });
  EXPECT_EQ(run({reduce_max(v[1]), reduce_min(v[2])})[0], run({reduce_min(v[1])})[0]);
}

TEST_F(ScheduledRunTest, CondInALoop) {
  const Vars v = times(10, {0, 0}, [](const Vars& v) {
    const Output even = equal(floormod(v[0], 2), 0);
    return TensorList{cond(even, [&] { return v[1] + v[0]; }, [&] { return v[1]; }),
                      cond(even, [&] { return constant(100); }, [&] { return v[2] + 1; })};
  });
  EXPECT_EQ(run({v[1], v[2]}), (std::vector<std::string>{"[] 20", "[] 101"}));
}

TEST_F(ScheduledRunTest, BranchesOfDifferentShapes) {
  const Output start = placeholder_with_default(constant({1.f}), Shape{-1});
  const Vars v = times(5, {0.f}, [&](const Vars& v) {
    const Output chosen = cond(equal(floormod(v[0], 2), 0), [&] { return start * 2.f; }, [&] { return concat({start, start}, 0) * 3.f; });
    return TensorList{v[1] * 10.f + reduce_sum(chosen * 1.f)};
  });
  EXPECT_EQ(run({v[1]}), std::vector<std::string>{"[] 26262"});
}

TEST_F(ScheduledRunTest, LoopOnABranch) {
  const Output pred = placeholder(bool_, Shape{});
  const Output y = cond(pred, [] { return times(3, {1}, [](const Vars& v) { return TensorList{v[1] * 2}; })[1]; },
                        [] { return constant(-1); });
  EXPECT_EQ(run({y}, {{pred, true}}), std::vector<std::string>{"[] 8"});
  EXPECT_EQ(run({y}, {{pred, false}}), std::vector<std::string>{"[] -1"});
}

TEST_F(ScheduledRunTest, LoopsInLoops) {
  const Vars v = times(4, {0}, [](const Vars& outer) {
    const Vars inner = times(outer[0], {outer[1]}, [&](const Vars& v) { return TensorList{v[1] + outer[0] * 10 + v[0]}; });
    return TensorList{inner[1] + 1};
  });
  EXPECT_EQ(run({v[1]}), std::vector<std::string>{"[] 148"});
}

TEST_F(ScheduledRunTest, Gradients) {
  const Output x = placeholder(float32, Shape{});
  const Vars v = times(3, {x}, [](const Vars& v) {
    const Output grown = times(2, {v[1]}, [](const Vars& w) { return TensorList{w[1] * w[1]}; })[1];
    return TensorList{cond(grown > 100.f, [&] { return grown * 0.5f; }, [&] { return grown; })};
  });
  const Output dx = gradients({v[1]}, {x})[0];
  EXPECT_EQ(run({v[1], dx}, {{x, 1.f}}), (std::vector<std::string>{"[] 1", "[] 64"}));
}

TEST_F(ScheduledRunTest, ErrorsNameTheNode) {
  const Output rows = placeholder(int32, Shape{});
  const Vars v = times(3, {1.f}, [&](const Vars& v) {
    return TensorList{v[1] + reduce_sum(client::apply_op("Reshape", "bad", {constant({1.f, 2.f}), stack({rows})}))};
  });
  try {
    session_.run(v[1], {{rows, 3}});
    FAIL();
  } catch (const errors::InvalidArgumentError& e) {
    EXPECT_THAT(e.message(), HasSubstr("Input to reshape is a tensor with 2 values, but the requested shape has 3"));
    EXPECT_THAT(e.message(), HasSubstr("[[{{node while/bad}}]]"));
  }
  EXPECT_EQ(run({v[1]}, {{rows, 2}}), std::vector<std::string>{"[] 10"});
}

TEST_F(ScheduledRunTest, EndlessLoopsAreCancelled) {
  const Vars v = while_loop([](const Vars&) { return constant(true); }, [](const Vars& v) { return TensorList{v[0] + 1}; }, {0});
  EXPECT_THROW(session_.run({v[0]}, {}, {.timeout_in_ms = 50}), errors::DeadlineExceededError);
  Cancellation cancellation;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    cancellation.cancel();
  });
  EXPECT_THROW(session_.run({v[0]}, {}, {.cancellation = cancellation}), errors::CancelledError);
  canceller.join();
}

// Forward and backward: only what the stacks hold grows.
TEST_F(ScheduledRunTest, IterationsAllocateNothing) {
  const Output n = placeholder(int32, Shape{}), x = placeholder(float32, Shape{});
  const Output y = times(n, {x}, [](const Vars& v) { return TensorList{v[1] * 0.5f + sin(v[1])}; })[1];
  const Output dx = gradients({y}, {x})[0];
  const auto allocations = [&](int iterations) {
    session_.run(std::vector<GraphElement>{y, dx}, {{n, iterations}, {x, 1.f}});
    const int64_t before = CachingAllocator::instance().stats().num_allocations;
    session_.run(std::vector<GraphElement>{y, dx}, {{n, iterations}, {x, 1.f}});
    return CachingAllocator::instance().stats().num_allocations - before;
  };
  EXPECT_LE(allocations(1000), allocations(10) + 5);
}

TEST_F(ScheduledRunTest, RunsAreIndependent) {
  const Output x = placeholder(float32, Shape{-1});
  const Output y = times(3, {x}, [](const Vars& v) { return TensorList{v[1] + 1.f}; }, {.shape_invariants = std::vector<Shape>{Shape{}, Shape{-1}}})[1];
  const Tensor first = session_.run(y, {{x, Tensor::vector({1.f, 2.f})}});
  const Tensor second = session_.run(y, {{x, Tensor::vector({10.f, 20.f, 30.f})}});
  EXPECT_EQ(first.summarize(), "4 5");
  EXPECT_EQ(second.summarize(), "13 23 33");
}

}  // namespace
}  // namespace reflow
