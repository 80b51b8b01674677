#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class SliceSums : public GraphFixture {
 protected:
  Endpoint indices(std::initializer_list<int32_t> values) { return constant(Tensor::vector(values)); }
  Endpoint shape_of_all() { return indices({20, 35, 300}); }
  // Of x[:, step].
  Endpoint gradient(int step, Endpoint shape) {
    return op("StridedSliceGrad", {shape, indices({0, step}), indices({0, step + 1}), indices({1, 1}), feed({20, 300})},
              {{"begin_mask", 1}, {"end_mask", 1}, {"shrink_axis_mask", 2}});
  }
  Endpoint gradient(int step) { return gradient(step, shape_of_all()); }
};

TEST_F(SliceSums, AreAddedIntoOneTensor) {
  const Endpoint first = gradient(0), second = gradient(7);
  const Endpoint dy = second.node->input(4), begin = second.node->input(1), shape = first.node->input(0);
  Node* result = fetch(list_op("AddN", {first, second}));
  run(sum_slices);
  const Node* sum = result->input(0).node;
  ASSERT_EQ(sum->type(), "_SumOfSliceGradients");
  EXPECT_EQ(sum->input(0), shape);
  EXPECT_EQ(sum->input(2), begin);
  EXPECT_EQ(sum->input(8), dy);
  EXPECT_EQ(sum->output_shape(0), (Shape{20, 35, 300}));
  EXPECT_EQ(*sum->attr<std::vector<int64_t>>("masks"), (std::vector<int64_t>{1, 1, 0, 0, 2, 1, 1, 0, 0, 2}));
  EXPECT_EQ(count("StridedSliceGrad"), 0);
}

TEST_F(SliceSums, OfOneShapeThatIsNotKnown) {
  const Endpoint shape = feed({3}, DType::kInt32);
  fetch(list_op("AddN", {gradient(0, shape), gradient(1, shape)}));
  run(sum_slices);
  EXPECT_EQ(count("_SumOfSliceGradients"), 1);
}

TEST_F(SliceSums, OfSeveralUnknownShapesStay) {
  fetch(list_op("AddN", {gradient(0, feed({3}, DType::kInt32)), gradient(1, feed({3}, DType::kInt32))}));
  run(sum_slices);
  EXPECT_EQ(count("AddN"), 1);
}

TEST_F(SliceSums, OtherTermsStay) {
  fetch(list_op("AddN", {gradient(0), feed({20, 35, 300})}));
  run(sum_slices);
  EXPECT_EQ(count("AddN"), 1);
}

TEST_F(SliceSums, GradientsThatAreReadStay) {
  const Endpoint read = gradient(0), twice = gradient(1);
  fetch(read);
  fetch(list_op("AddN", {read, gradient(2)}));
  fetch(list_op("AddN", {twice, twice}));
  run(sum_slices);
  EXPECT_EQ(count("AddN"), 2);
}

TEST_F(SliceSums, WhatWaitsForSomethingStays) {
  Node* waits = node("StridedSliceGrad", {shape_of_all(), indices({0, 1}), indices({0, 2}), indices({1, 1}), feed({20, 300})},
                     {{"begin_mask", 1}, {"end_mask", 1}, {"shrink_axis_mask", 2}}, "", {node("NoOp", {})});
  fetch(list_op("AddN", {waits->output(0), gradient(0)}));
  run(sum_slices);
  EXPECT_EQ(count("AddN"), 1);
}

}  // namespace
}  // namespace reflow::passes
