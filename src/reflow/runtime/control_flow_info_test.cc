// Frames that aren't those of a loop end in errors when the plan is made.

#include "reflow/runtime/control_flow_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/session.h"

namespace reflow::runtime {
namespace {

using client::apply_op;
using ::testing::HasSubstr;

class MalformedFrames : public ::testing::Test {
 protected:
  static Output enter(const std::string& frame) { return apply_op("Enter", "", {constant(1.f)}, {{"frame_name", frame}}); }
  std::string error_of(const Output& fetch) {
    try {
      Session().run(fetch);
    } catch (const errors::InvalidArgumentError& e) {
      return e.message();
    }
    return "";
  }
  Graph graph_;
  Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(MalformedFrames, WaysOutOfNoLoop) {
  EXPECT_THAT(error_of(apply_op("Exit", "", {constant(1.f)})), HasSubstr("Exit outside of a loop"));
  EXPECT_THAT(error_of(apply_op("NextIteration", "", {constant(1.f)})), HasSubstr("NextIteration outside of a loop"));
}

TEST_F(MalformedFrames, InputsFromDifferentFrames) {
  const Output in_loop = enter("loop");
  EXPECT_THAT(error_of(apply_op("Exit", "", {apply_op("AddV2", "", {in_loop, constant(2.f)})})),
              HasSubstr("has inputs from different frames"));
  EXPECT_THAT(error_of(apply_op("Exit", "", {apply_op("AddV2", "", {in_loop, enter("other")})})),
              HasSubstr("has inputs from different frames"));
}

TEST_F(MalformedFrames, FetchWithinALoop) {
  EXPECT_THAT(error_of(enter("loop")), HasSubstr("can't be fetched: it is in the loop 'loop'"));
}

// It decides nothing there.
TEST_F(MalformedFrames, LoopCondOutsideOfALoop) {
  const Output pred = placeholder_with_default(constant(true), Shape{});
  const std::vector<Output> branches = client::all_outputs(
      client::make_op("Switch", "", {constant(1.f), apply_op("LoopCond", "", {pred})}));
  Session session;
  EXPECT_EQ(session.run(branches[1]).item<float>(), 1);
  EXPECT_THAT(error_of(branches[0]), HasSubstr("Retval[0] does not have value"));
  EXPECT_EQ(session.run(branches[0], {{pred, false}}).item<float>(), 1);
}

TEST_F(MalformedFrames, WayInAndOutAlone) {
  EXPECT_EQ(Session().run(apply_op("Exit", "", {enter("loop")})).item<float>(), 1);
}

}  // namespace
}  // namespace reflow::runtime
