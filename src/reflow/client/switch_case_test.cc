#include "reflow/client/switch_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/gradients.h"
#include "reflow/client/operators.h"
#include "reflow/client/session.h"

namespace reflow {
namespace {

class SwitchCaseTest : public ::testing::Test {
 protected:
  Graph graph_;
  Graph::DefaultScope scope_ = graph_.as_default();
  Output index_ = placeholder(int32, Shape{}, {.name = "i"});
  Output x_ = placeholder(float32, Shape{3}, {.name = "x"}), y_ = placeholder(float32, Shape{}, {.name = "y"});
  float at(const Output& fetch, int index) {
    return Session().run(fetch, {{index_, index}, {x_, Tensor::vector({1.f, 2.f, 3.f})}, {y_, 1.f}}).flat<float>()[1];
  }
};

// As TensorFlow 1.15.5: values, names, and gradients of branches that use different tensors.
TEST_F(SwitchCaseTest, RunsTheBranchOfTheIndex) {
  const Output r = switch_case(index_, {[&] { return x_ * 2.f; }, [&] { return x_ * x_ + y_; }}, [] { return zeros({3}); });
  EXPECT_EQ(r.name(), "switch_case/indexed_case/Identity:0");
  EXPECT_EQ(r.shape().str(), "[3]");
  EXPECT_EQ(graph_.get_operation_by_name("switch_case/indexed_case").type(), "Case");
  const Output dx = gradients({r}, {x_})[0];
  const float values[] = {0, 4, 5, 0, 0}, slopes[] = {0, 2, 4, 0, 0};
  for (int k = 0; k < 5; ++k) {
    const int index = k == 4 ? 7 : k - 1;
    EXPECT_EQ(at(r, index), values[k]) << index;
    EXPECT_EQ(at(dx, index), slopes[k]) << index;
  }
}

TEST_F(SwitchCaseTest, TheLastBranchWhereThereIsNoDefault) {
  const Output r = switch_case(index_, {[&] { return x_ + 10.f; }, [&] { return x_ + 20.f; }});
  EXPECT_EQ(at(r, 0), 12);
  EXPECT_EQ(at(r, -1), 22);
}

TEST_F(SwitchCaseTest, WrongArgumentsAreErrors) {
  EXPECT_THROW(switch_case(index_, {}), ValueError);
  EXPECT_THROW(switch_case(x_, {[&] { return x_; }}), TypeError);
  EXPECT_THROW(switch_case(index_, {[&] { return x_; }, [&] { return cast(x_, int32); }}), TypeError);
}

}  // namespace
}  // namespace reflow
