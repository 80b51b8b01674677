#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;

class TensorListTest : public reflow::testing::SessionFixture {
 protected:
  const AttrMap floats = {{"element_dtype", DType::kFloat32}};
  Endpoint shape(std::initializer_list<int32_t> dims) {
    return constant(Tensor::from<int32_t>(dims, {static_cast<int64_t>(dims.size())}));
  }
  Endpoint any() { return constant(Tensor::scalar(-1)); }
  Endpoint number(int32_t value) { return constant(Tensor::scalar(value)); }
  Endpoint numbers(std::initializer_list<float> values) { return constant(Tensor::vector<float>(values)); }
  Endpoint rows() { return constant(Tensor::from<float>({1, 2, 3, 4, 5, 6}, {3, 2})); }
  Endpoint list() { return op("TensorListFromTensor", {rows(), shape({2})}, floats); }
  Endpoint stack(Endpoint list) { return op("TensorListStack", {list, any()}, floats); }
  std::string text(Endpoint e) { return run({e})[0].summarize(-1); }
  std::string failure(Endpoint e) {
    const std::string message = error({e});
    return message.substr(0, message.find("\n\t [[{{node "));
  }
};

TEST_F(TensorListTest, ElementsComeAndGoAtTheEnd) {
  const Endpoint empty = op("EmptyTensorList", {any(), number(2)}, floats);
  const Endpoint one = op("TensorListPushBack", {empty, numbers({1, 2})}, floats);
  const Endpoint two = op("TensorListPushBack", {one, numbers({3, 4})}, floats);
  EXPECT_EQ(text(op("TensorListLength", {two})), "2");
  EXPECT_EQ(text(op("TensorListElementShape", {two}, {{"shape_type", DType::kInt32}})), "-1");
  Node* popped = node("TensorListPopBack", {two, any()}, floats);
  EXPECT_EQ(text(popped->output(1)), "3 4");
  EXPECT_EQ(text(stack(popped->output(0))), "[1 2]");
  EXPECT_EQ(failure(node("TensorListPopBack", {empty, any()}, floats)->output(1)), "Trying to pop from an empty list.");
  EXPECT_EQ(failure(stack(op("TensorListPushBack", {two, numbers({5})}, floats))),
            "Tried to push item into a full list list size: 2 max_num_elements: 2");
}

TEST_F(TensorListTest, ElementsByIndex) {
  const Endpoint reserved = op("TensorListReserve", {shape({2}), number(3)}, floats);
  const Endpoint set = op("TensorListSetItem", {reserved, number(1), numbers({7, 8})}, floats);
  EXPECT_EQ(text(op("TensorListGetItem", {set, number(1), any()}, floats)), "7 8");
  EXPECT_EQ(text(stack(set)), "[0 0][7 8][0 0]");
  EXPECT_EQ(text(op("TensorListLength", {op("TensorListResize", {set, number(5)})})), "5");
  EXPECT_EQ(failure(op("TensorListGetItem", {set, number(3), any()}, floats)), "Trying to access element 3 in a list with 3 elements.");
}

TEST_F(TensorListTest, RowsAreGatheredAndScattered) {
  EXPECT_EQ(text(op("TensorListGather", {list(), shape({2, 0}), any()}, floats)), "[5 6][1 2]");
  EXPECT_EQ(text(stack(op("TensorListScatter", {rows(), shape({2, 0, 1}), any()}, floats))), "[3 4][5 6][1 2]");
  EXPECT_EQ(text(stack(op("TensorListScatterV2", {rows(), shape({3, 0, 1}), shape({2}), number(4)}, floats))), "[3 4][5 6][0 0][1 2]");
  const Endpoint row = constant(Tensor::from<float>({9, 9}, {1, 2}));
  EXPECT_EQ(text(stack(op("TensorListScatterIntoExistingList", {list(), row, shape({1})}, floats))), "[1 2][9 9][5 6]");
}

TEST_F(TensorListTest, PartsAreJoinedAndSplit) {
  const Endpoint lengths = constant(Tensor::vector<int64_t>({1, 2}));
  const Endpoint split = op("TensorListSplit", {rows(), any(), lengths}, floats);
  EXPECT_EQ(text(op("TensorListGetItem", {split, number(1), any()}, floats)), "[3 4][5 6]");
  Node* joined = node("TensorListConcat", {split}, floats);
  EXPECT_EQ(text(joined->output(0)) + text(joined->output(1)), "[1 2][3 4][5 6]1 2");
  const Endpoint no_dims = constant(Tensor(DType::kInt64, {0}));
  EXPECT_EQ(text(op("TensorListConcatV2", {split, any(), no_dims}, floats)), "[1 2][3 4][5 6]");
  EXPECT_EQ(text(op("TensorListLength", {op("TensorListConcatLists", {list(), list()}, floats)})), "6");
}

TEST_F(TensorListTest, BatchesOfLists) {
  const Endpoint lists = op("Pack", {std::vector<Endpoint>{list(), list()}});
  const Endpoint longer = op("TensorListPushBackBatch", {lists, constant(Tensor::from<float>({7, 8, 9, 10}, {2, 2}))}, floats);
  const Endpoint second = op("StridedSlice", {longer, shape({1}), shape({2}), shape({1})}, {{"shrink_axis_mask", int64_t{1}}});
  EXPECT_EQ(text(stack(second)), "[1 2][3 4][5 6][9 10]");
}

TEST_F(TensorListTest, SumsAndZeros) {
  const Endpoint reserved = op("TensorListReserve", {shape({2}), number(3)}, floats);
  const Endpoint one = op("TensorListSetItem", {reserved, number(1), numbers({7, 8})}, floats);
  EXPECT_EQ(text(stack(op("AddN", {std::vector<Endpoint>{list(), one, list()}}))), "[2 4][13 16][10 12]");
  EXPECT_EQ(text(stack(op("ZerosLike", {list()}))), "[0 0][0 0][0 0]");
  const Endpoint shorter = op("TensorListResize", {list(), number(2)});
  EXPECT_EQ(failure(op("AddN", {std::vector<Endpoint>{list(), shorter}})),
            "Trying to add two lists of tensors with different lengths. One is 3 and the other is 2");
}

TEST_F(TensorListTest, WrongTypesAreErrors) {
  EXPECT_EQ(failure(op("TensorListGetItem", {list(), number(0), any()}, {{"element_dtype", DType::kInt32}})),
            "Invalid data types; op elements int32 but list elements float");
}

}  // namespace
}  // namespace reflow::ops
