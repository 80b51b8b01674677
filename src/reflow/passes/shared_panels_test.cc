#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class SharedPanels : public GraphFixture {
 protected:
  Node* product(const Endpoint& matrix, bool transpose = false) {
    return fetch(op("MatMul", {feed({20, transpose ? 1200 : 600}), matrix}, {{"transpose_b", transpose}}));
  }
};

TEST_F(SharedPanels, AreMadeOnceForAllProducts) {
  const Endpoint matrix = feed({600, 1200});
  std::vector<Node*> fetches;
  for (int i = 0; i < 4; ++i) fetches.push_back(product(matrix));
  run(share_panels);
  EXPECT_EQ(count("_PackedMatrix"), 1);
  EXPECT_EQ(count("_PackedMatMul"), 4);
  EXPECT_EQ(count("MatMul"), 0);
  EXPECT_EQ(fetches[0]->input(0).node->input(1), fetches[3]->input(0).node->input(1));
  EXPECT_EQ(fetches[0]->input(0).shape(), (Shape{20, 1200}));
}

TEST_F(SharedPanels, OfTheTransposeAreOthers) {
  const Endpoint matrix = feed({600, 1200});
  for (int i = 0; i < 4; ++i) product(matrix), product(matrix, true);
  run(share_panels);
  EXPECT_EQ(count("_PackedMatrix"), 2);
  EXPECT_EQ(count("_PackedMatMul"), 8);
}

TEST_F(SharedPanels, DontPayForFewProducts) {
  const Endpoint matrix = feed({600, 1200});
  for (int i = 0; i < 3; ++i) product(matrix);
  run(share_panels);
  EXPECT_EQ(count("MatMul"), 3);
}

TEST_F(SharedPanels, DontPayForManyRows) {
  const Endpoint matrix = feed({600, 1200});
  for (int i = 0; i < 4; ++i) fetch(op("MatMul", {feed({700, 600}), matrix}));
  run(share_panels);
  EXPECT_EQ(count("MatMul"), 4);
}

TEST_F(SharedPanels, EnterLoopsAsTheMatrixDoes) {
  const Endpoint matrix = feed({600, 1200});
  const Endpoint inside = op("Enter", {matrix}, {{"frame_name", "loop"}, {"is_constant", true}});
  const Endpoint rows = op("Enter", {feed({20, 600})}, {{"frame_name", "loop"}, {"is_constant", true}});
  const Endpoint result = op("MatMul", {rows, inside});
  Node* exit = node("Exit", {result});
  fetch(exit->output(0));
  run(share_panels);
  const Node* product = result.node;
  ASSERT_EQ(product->type(), "_PackedMatMul");
  const Node* enter = product->input(1).node;
  ASSERT_EQ(enter->type(), "Enter");
  EXPECT_EQ(*enter->attr<std::string>("frame_name"), "loop");
  const Node* pack = enter->input(0).node;
  ASSERT_EQ(pack->type(), "_PackedMatrix");
  EXPECT_EQ(pack->input(0), matrix);
}

TEST_F(SharedPanels, AreNotReadAfterTheVariableIsWritten) {
  const Endpoint variable = this->variable({600, 1200}, "v");
  const Endpoint read = op("Identity", {variable});
  Node* write = node("Assign", {variable, feed({600, 1200})});
  target(write);
  for (int i = 0; i < 4; ++i) product(read);
  const Endpoint late = op("MatMul", {feed({20, 600}), read}, {}, "late");
  graph_.add_control_input(late.node, write);
  fetch(late);
  run(share_panels);
  EXPECT_EQ(count("_PackedMatMul"), 4);
  EXPECT_EQ(late.node->type(), "MatMul");
}

}  // namespace
}  // namespace reflow::passes
