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

// A loop as gradients make them, whose total nobody sees on its way; `product` is what it adds.
struct SummingLoop {
  Endpoint zeros;
  Node *merge, *choice, *sum, *exit, *result;
};

class CollectedProducts : public ProductSums {
 protected:
  SummingLoop loop(const Endpoint& product) {
    SummingLoop loop;
    loop.zeros = feed({600, 1200});
    const Endpoint enter = op("Enter", {loop.zeros}, {{"frame_name", "loop"}});
    enter.node->set_output_shape(0, loop.zeros.shape());
    loop.merge = list_op("Merge", {enter, enter}).node;
    loop.choice = node("Switch", {loop.merge->output(0), feed({}, DType::kBool)});
    loop.sum = node("Add", {loop.choice->output(1), product});
    Node* next = node("NextIteration", {loop.sum->output(0)});
    EXPECT_TRUE(graph_.set_input(loop.merge, 1, next->output(0)).ok());
    loop.exit = node("Exit", {loop.choice->output(0)});
    loop.result = fetch(loop.exit->output(0));
    return loop;
  }
};

TEST_F(CollectedProducts, OfALoop) {
  const SummingLoop loop = this->loop(product());
  run(sum_products);
  EXPECT_EQ(count("MatMul"), 0);
  EXPECT_EQ(loop.sum->type(), "_CollectProduct");
  EXPECT_EQ(loop.sum->input(0), loop.choice->output(1));
  const Node* end = loop.result->input(0).node;
  ASSERT_EQ(end->type(), "_EndCollecting");
  EXPECT_EQ(end->output_shape(0), (Shape{600, 1200}));
  EXPECT_EQ(end->input(0), loop.exit->output(0));
  const Node* begin = loop.merge->input(0).node->input(0).node;
  ASSERT_EQ(begin->type(), "_BeginCollecting");
  EXPECT_EQ(begin->input(0), loop.zeros);
  EXPECT_FALSE(*begin->attr<bool>("zeros"));
}

TEST_F(CollectedProducts, AddedToZeros) {
  const SummingLoop loop = this->loop(product());
  Tensor zeros(DType::kFloat32, {600, 1200});
  std::ranges::fill(zeros.flat<float>(), 0.0f);
  ASSERT_TRUE(graph_.set_input(loop.merge->input(0).node, 0, constant(zeros)).ok());
  run(sum_products);
  EXPECT_TRUE(*loop.merge->input(0).node->input(0).node->attr<bool>("zeros"));
}

// As an optimizer gates gradients.
TEST_F(CollectedProducts, ThatOthersWaitFor) {
  const Endpoint product = this->product();
  const std::vector<Endpoint> operands(product.node->inputs().begin(), product.node->inputs().end());
  const SummingLoop loop = this->loop(product);
  Node* gate = node("NoOp", {}, {}, "", {product.node});
  graph_.add_control_input(loop.sum, gate);
  run(sum_products);
  EXPECT_EQ(loop.sum->type(), "_CollectProduct");
  EXPECT_EQ(loop.sum->control_inputs()[0], gate);
  EXPECT_EQ((std::vector<Node*>{gate->control_inputs().begin(), gate->control_inputs().end()}),
            (std::vector<Node*>{operands[0].node, operands[1].node}));
}

TEST_F(CollectedProducts, NotOfVariablesThatOthersWaitFor) {
  const Endpoint v = variable({20, 600}, "v");
  const Endpoint product = op("MatMul", {op("Identity", {v}), feed({20, 1200})}, {{"transpose_a", true}});
  const SummingLoop loop = this->loop(product);
  graph_.add_control_input(loop.sum, node("NoOp", {}, {}, "", {product.node}));
  run(sum_products);
  EXPECT_EQ(loop.sum->type(), "Add");
}

TEST_F(CollectedProducts, OfManyRowsAreNone) {
  const SummingLoop loop = this->loop(op("MatMul", {feed({700, 600}), feed({700, 1200})}, {{"transpose_a", true}}));
  run(sum_products);
  EXPECT_EQ(loop.sum->type(), "_AddProduct");
}

TEST_F(CollectedProducts, NotWhereTheTotalIsRead) {
  const SummingLoop loop = this->loop(product());
  fetch(node("Exit", {op("Exp", {loop.choice->output(1)})})->output(0));
  run(sum_products);
  EXPECT_EQ(loop.sum->type(), "_AddProduct");
}

TEST_F(ProductSums, TotalsOfOtherShapesStay) {
  fetch(op("Add", {op("Switch", {feed({1200}), feed({}, DType::kBool)}), product()}));
  fetch(op("Add", {feed({600, 1200}), product()}));
  run(sum_products);
  EXPECT_EQ(count("Add"), 2);
}

}  // namespace
}  // namespace reflow::passes
