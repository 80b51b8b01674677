// Positions of iterators, saved and gone to.

#include "reflow/tensor/serialized_variant.h"
#include "tests/kit/dataset_fixture.h"

namespace reflow::testing {
namespace {

class IteratorState : public DatasetFixture {
 protected:
  struct Saved {
    Node *initializer, *restore;
    Endpoint next, state, fed;
  };
  Saved saved(Endpoint dataset, AttrMap attrs = numbers()) {
    const Endpoint iterator = op("IteratorV2", {}, with(with(attrs, "shared_name", ""), "container", ""));
    const Endpoint fed = placeholder(DType::kVariant, {});
    return {node("MakeIterator", {dataset, iterator}), node("DeserializeIterator", {iterator, fed}),
            op("IteratorGetNext", {iterator}, attrs), op("SerializeIterator", {iterator}), fed};
  }
  std::string rest(const Saved& s) {
    std::string text;
    std::vector<Tensor> element;
    while (try_run({s.next}, {}, {}, &element).ok()) text += element[0].summarize(100) + " ";
    return text;
  }
  std::string error(const Saved& s, const Tensor& state) {
    const Status status = try_run({}, {{s.fed, state}}, {s.restore});
    return std::string(message_of(status).substr(0, message_of(status).find('\n')));
  }
  // What follows after `taken` elements, and whether it follows again when the iterator has gone back there.
  std::string after(int taken, Endpoint dataset, AttrMap attrs = numbers()) {
    const Saved s = saved(dataset, std::move(attrs));
    run({}, {}, {s.initializer});
    for (int i = 0; i < taken; ++i) run({s.next});
    const Tensor state = run({s.state})[0].retained();
    const std::string first = rest(s);
    run({}, {}, {s.initializer});
    run({}, {{s.fed, state}}, {s.restore});
    const std::string again = rest(s);
    return first == again ? first : first + "/ " + again;
  }
};

TEST_F(IteratorState, GoesOnWhereItWas) {
  EXPECT_EQ(after(2, range(5)), "2 3 4 ");
  EXPECT_EQ(after(5, range(5)), "");
  EXPECT_EQ(after(1, map(range(4), square())), "1 4 9 ");
  EXPECT_EQ(after(2, op("PrefetchDataset", {range(5), number(2)}, numbers())), "2 3 4 ");
  EXPECT_EQ(after(3, op("RepeatDataset", {range(2), number(3)}, numbers())), "1 0 1 ");
  EXPECT_EQ(after(1, op("TakeDataset", {range(9), number(3)}, numbers())), "1 2 ");
  const AttrMap rows = elements({DType::kInt64}, {{-1}});
  EXPECT_EQ(after(1, batch(range(5), 2), rows), "2 3 4 ");
  EXPECT_EQ(after(3, op("RepeatDataset", {batch(range(5), 2, true), number(2)}, rows), rows), "2 3 ");
}

TEST_F(IteratorState, DrawnSeedsAreKept) {
  const Endpoint shuffled = op("ShuffleDataset", {range(40), number(30), number(0), number(0)}, numbers());
  EXPECT_EQ(after(50, op("RepeatDataset", {shuffled, number(3)}, numbers())).find('/'), std::string::npos);
  const Endpoint random = op("RandomDataset", {number(0), number(0)}, numbers());
  EXPECT_EQ(after(3, op("TakeDataset", {random, number(9)}, numbers())).find('/'), std::string::npos);
}

TEST_F(IteratorState, MistakesAreErrors) {
  const Saved s = saved(range(3));
  const Tensor nothing = Tensor::scalar(Variant());
  EXPECT_TRUE(message_of(try_run({s.state})).starts_with("Save() failed because the iterator has not been initialized."));
  run({}, {}, {s.initializer});
  EXPECT_EQ(error(s, nothing), "The variant is no state of an iterator.");
  EXPECT_EQ(error(s, Tensor::scalar(Variant::of("X", SerializedVariant{"\x0a\x01X"}))), "The variant is no state of an iterator.");
  const Tensor state = run({s.state})[0].retained();
  const Saved other = saved(op("RandomDataset", {number(0), number(0)}, numbers()));
  EXPECT_TRUE(error(other, state).starts_with("Restore() failed because the iterator has not been initialized."));
  run({}, {}, {other.initializer});
  EXPECT_EQ(error(other, state), "The saved state is of another iterator.");
}

TEST_F(IteratorState, FunctionsWithStateArentSaved) {
  const std::string random = function("random", [](Graph& graph, Endpoint x) {
    Node* const shape = *graph::create_op(graph, "Const", {}, {{"value", Tensor::vector<int32_t>({})}, {"dtype", DType::kInt32}});
    Node* const one = *graph::create_op(graph, "Const", {}, {{"value", Tensor::scalar(int64_t{1})}, {"dtype", DType::kInt64}});
    return (*graph::create_op(graph, "RandomUniformInt", {shape->output(0), one->output(0), x}))->output(0);
  });
  const Saved s = saved(map(op("RangeDataset", {number(5), number(9), number(1)}, numbers()), random));
  run({}, {}, {s.initializer});
  EXPECT_TRUE(message_of(try_run({s.state})).starts_with("RandomUniformInt is stateful."));
}

}  // namespace
}  // namespace reflow::testing
