#include "reflow/client/errors.h"

#include <gtest/gtest.h>

#include "reflow/client/status_errors.h"
#include "reflow/graph/node_builder.h"

namespace reflow {
namespace {

TEST(Errors, CodeChoosesTheClass) {
  EXPECT_THROW(errors::from_status(invalid_argument("bad")), errors::InvalidArgumentError);
  EXPECT_THROW(errors::from_status(out_of_range("end")), errors::OutOfRangeError);
  EXPECT_THROW(errors::from_status(unauthenticated("who")), errors::UnauthenticatedError);
  EXPECT_THROW(errors::from_status(aborted("stop")), errors::OpError);
}

TEST(Errors, CarryMessageCodeAndNode) {
  try {
    errors::from_status(not_found("{}", "no such thing\n\t [[{{node layer/x}}]]"));
    FAIL();
  } catch (const errors::OpError& e) {
    EXPECT_EQ(e.message(), "no such thing\n\t [[{{node layer/x}}]]");
    EXPECT_EQ(e.error_code(), errors::NOT_FOUND);
    EXPECT_EQ(e.node_name(), "layer/x");
  }
}

TEST(Errors, MistakesOfBuildingArePythons) {
  EXPECT_THROW(check_building(invalid_argument("shape")), ValueError);
  EXPECT_THROW(check_building(graph::type_error("type")), TypeError);
  EXPECT_THROW(check_building(failed_precondition("Graph is finalized and cannot be modified.")), RuntimeError);
}

}  // namespace
}  // namespace reflow
