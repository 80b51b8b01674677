// Debug ops on variables.

#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;

class DebugOps : public reflow::testing::SessionFixture {};

TEST_F(DebugOps, MarkedVariablesStayVariables) {
  const Endpoint v = variable({2}, "v");
  Node* first = node("Assign", {v, constant(Tensor::vector<float>({1, 2}))});
  run({}, {}, {first});
  const Endpoint marked = op("DebugGradientRefIdentity", {v});
  Node* again = node("Assign", {marked, constant(Tensor::vector<float>({3, 4}))});
  run({}, {}, {again});
  EXPECT_EQ(run({v})[0].summarize(-1), "3 4");
}

TEST_F(DebugOps, ValuesCannotBeSentAway) {
  const Endpoint x = op("DebugIdentity", {constant(1.0f)}, {{"tensor_name", "x:0"}, {"debug_urls", std::vector<std::string>{"file:///tmp"}}});
  EXPECT_NE(error({x}).find("Debug values can't be sent to file:///tmp"), std::string::npos);
}

}  // namespace
}  // namespace reflow::ops
