#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class ProductSums : public GraphFixture {
 protected:
  Endpoint product(bool transpose_a = true) {
    return op("MatMul", {feed(transpose_a ? Shape{20, 600} : Shape{600, 20}), feed({20, 1200})},
              {{"transpose_a", transpose_a}});
  }
};

TEST_F(ProductSums, BecomeOneProduct) {
  Node* result = fetch(list_op("AddN", {product(), product(), product()}));
  run(sum_products);
  const Node* sum = result->input(0).node;
  ASSERT_EQ(sum->type(), "_SumOfProducts");
  EXPECT_EQ(sum->num_inputs(), 6);
  EXPECT_EQ(sum->output_shape(0), (Shape{600, 1200}));
  EXPECT_EQ(count("MatMul"), 0);
}

TEST_F(ProductSums, ProductsThatAreReadStay) {
  const Endpoint read = product();
  fetch(read);
  fetch(list_op("AddN", {product(), read}));
  run(sum_products);
  EXPECT_EQ(count("MatMul"), 2);
}

TEST_F(ProductSums, OtherTermsStay) {
  fetch(list_op("AddN", {product(), product(false)}));
  fetch(list_op("AddN", {product(), feed({600, 1200})}));
  run(sum_products);
  EXPECT_EQ(count("AddN"), 2);
}

TEST_F(ProductSums, AProductThatIsAddedTwiceStays) {
  const Endpoint twice = product();
  fetch(list_op("AddN", {twice, twice}));
  run(sum_products);
  EXPECT_EQ(count("AddN"), 1);
}

TEST_F(ProductSums, InLoopsAreComputedIntoTheTotal) {
  const Endpoint total = op("Switch", {feed({600, 1200}), feed({}, DType::kBool)});
  Node* result = fetch(op("Add", {total, product()}));
  run(sum_products);
  const Node* sum = result->input(0).node;
  ASSERT_EQ(sum->type(), "_AddProduct");
  EXPECT_EQ(sum->input(0), total);
  EXPECT_EQ(count("MatMul"), 0);
}

TEST_F(ProductSums, TotalsOfOtherShapesStay) {
  fetch(op("Add", {op("Switch", {feed({1200}), feed({}, DType::kBool)}), product()}));
  fetch(op("Add", {feed({600, 1200}), product()}));
  run(sum_products);
  EXPECT_EQ(count("Add"), 2);
}

}  // namespace
}  // namespace reflow::passes
