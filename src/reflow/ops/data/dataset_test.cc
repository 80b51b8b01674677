// Datasets through sessions: graphs of dataset ops, iterators over them, and what they give.

#include <thread>

#include "tests/kit/dataset_fixture.h"
#include "tests/kit/temporary_folder.h"

namespace reflow::testing {
namespace {

using namespace std::string_literals;

using Datasets = DatasetFixture;

TEST_F(Datasets, RangeGoesUpAndDown) {
  EXPECT_EQ(all(op("RangeDataset", {number(3), number(9), number(2)}, numbers())), "3 5 7");
  EXPECT_EQ(all(op("RangeDataset", {number(3), number(0), number(-1)}, numbers())), "3 2 1");
  EXPECT_EQ(all(op("RangeDataset", {number(3), number(3), number(1)}, numbers())), "");
}

TEST_F(Datasets, RangeEndsBeforeItOverflows) {
  const int64_t top = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(all(op("RangeDataset", {number(top - 1), number(top), number(top)}, numbers())), std::to_string(top - 1));
  EXPECT_NE(all(op("RangeDataset", {number(0), number(9), number(0)}, numbers())).find("step must be a non-zero integer."),
            std::string::npos);
}

TEST_F(Datasets, TensorsAreOneElementAndSlicesAreRows) {
  const Endpoint values = constant(Tensor::from<int64_t>({1, 2, 3, 4}, {2, 2}));
  const AttrMap one{{"Toutput_types", std::vector{DType::kInt64}}, {"output_shapes", std::vector<Shape>{{2, 2}}}};
  const AttrMap rows{{"Toutput_types", std::vector{DType::kInt64}}, {"output_shapes", std::vector<Shape>{{2}}}};
  EXPECT_EQ(all(op("TensorDataset", {OpInput(std::vector{values})}, one), elements({DType::kInt64}, {{2, 2}})), "[[1 2][3 4]]");
  EXPECT_EQ(all(op("TensorSliceDataset", {OpInput(std::vector{values})}, rows), elements({DType::kInt64}, {{2}})), "[1 2] [3 4]");
}

TEST_F(Datasets, BatchesOfSlicesShareTheirRows) {
  const Endpoint values = constant(Tensor::from<int64_t>({1, 2, 3}, {3}));
  const AttrMap rows{{"Toutput_types", std::vector{DType::kInt64}}, {"output_shapes", std::vector<Shape>{{}}}};
  const Endpoint slices = op("TensorSliceDataset", {OpInput(std::vector{values})}, rows);
  EXPECT_EQ(all(batch(slices, 2), elements({DType::kInt64}, {{-1}})), "[1 2] [3]");
  EXPECT_EQ(all(batch(slices, 2, true), elements({DType::kInt64}, {{-1}})), "[1 2]");
}

TEST_F(Datasets, BatchKeepsOrDropsTheRemainder) {
  const AttrMap rows = elements({DType::kInt64}, {{-1}});
  EXPECT_EQ(all(batch(range(5), 2), rows), "[0 1] [2 3] [4]");
  EXPECT_EQ(all(batch(range(5), 2, true), rows), "[0 1] [2 3]");
  EXPECT_EQ(all(op("BatchDataset", {range(3), number(int64_t{1} << 40)}, rows), rows), "[0 1 2]");
  const Endpoint none_at_once = op("BatchDatasetV2", {range(5), number(0), flag(false)}, rows);
  EXPECT_NE(all(none_at_once, rows).find("Batch size must be greater than zero."), std::string::npos);
}

TEST_F(Datasets, RepeatTakeSkipShard) {
  EXPECT_EQ(all(op("RepeatDataset", {range(2), number(2)}, numbers())), "0 1 0 1");
  EXPECT_EQ(all(op("RepeatDataset", {range(2), number(0)}, numbers())), "");
  EXPECT_EQ(all(op("RepeatDataset", {range(0), number(-1)}, numbers())), "");
  const Endpoint forever = op("RepeatDataset", {range(2), number(-1)}, numbers());
  EXPECT_EQ(all(op("TakeDataset", {forever, number(3)}, numbers())), "0 1 0");
  EXPECT_EQ(all(op("TakeDataset", {range(3), number(-1)}, numbers())), "0 1 2");
  EXPECT_EQ(all(op("SkipDataset", {range(4), number(3)}, numbers())), "3");
  EXPECT_EQ(all(op("SkipDataset", {range(4), number(-1)}, numbers())), "");
  EXPECT_EQ(all(op("ShardDataset", {range(7), number(3), number(1)}, numbers())), "1 4");
}

// Values of TensorFlow 1.15.5 for these seeds.
TEST_F(Datasets, ShuffleIsTensorFlows) {
  const AttrMap fixed = with(numbers(), "reshuffle_each_iteration", false);
  const auto shuffled = [&](AttrMap attrs) {
    return op("ShuffleDataset", {range(10), number(4), number(87654321), number(7)}, std::move(attrs));
  };
  EXPECT_EQ(all(shuffled(fixed)), "3 4 0 5 1 8 2 7 6 9");
  EXPECT_EQ(all(op("RepeatDataset", {shuffled(fixed), number(2)}, numbers())), "3 4 0 5 1 8 2 7 6 9 3 4 0 5 1 8 2 7 6 9");
  EXPECT_EQ(all(op("RepeatDataset", {shuffled(numbers()), number(3)}, numbers())),
            "0 4 2 3 5 6 1 8 7 9 1 3 0 4 6 5 7 8 9 2 3 2 4 6 1 8 5 7 0 9");
  EXPECT_EQ(all(op("ShuffleAndRepeatDataset", {range(10), number(4), number(87654321), number(7), number(2)}, numbers())),
            "3 4 0 5 1 8 2 7 6 9 0 2 3 1 7 4 8 6 9 5");
}

TEST_F(Datasets, IterationsMayShareSeedsAndCaches) {
  Node* const seeds = node("AnonymousRandomSeedGenerator", {number(87654321), number(7)});
  const Endpoint shuffled = op("ShuffleDatasetV2", {range(10), number(4), seeds->output(0)}, numbers());
  // Of one run: the handle is a new one in each. The passes are the first ones of ShuffleIsTensorFlows.
  EXPECT_EQ(all(op("RepeatDataset", {shuffled, number(2)}, numbers())), "0 4 2 3 5 6 1 8 7 9 1 3 0 4 6 5 7 8 9 2");
  run({}, {}, {node("DeleteRandomSeedGenerator", {seeds->output(0), seeds->output(1)})});
  Node* const memory = node("AnonymousMemoryCache", {});
  const Endpoint cached = op("CacheDatasetV2", {range(3), text(""), memory->output(0)}, numbers());
  EXPECT_EQ(all(op("RepeatDataset", {cached, number(2)}, numbers())), "0 1 2 0 1 2");
  run({}, {}, {node("DeleteMemoryCache", {memory->output(0), memory->output(1)})});
}

TEST_F(Datasets, OptimizeFusesShuffleAndRepeat) {
  const Endpoint shuffled = op("ShuffleDataset", {range(10), number(4), number(87654321), number(7)}, numbers());
  const Endpoint repeated = op("RepeatDataset", {shuffled, number(2)}, numbers());
  const Endpoint names = constant(Tensor::vector<std::string>({"shuffle_and_repeat_fusion"}));
  const Endpoint optimized = op("OptimizeDataset", {repeated, names}, numbers());
  EXPECT_EQ(all(op("ModelDataset", {optimized}, numbers())), "3 4 0 5 1 8 2 7 6 9 0 2 3 1 7 4 8 6 9 5");
}

TEST_F(Datasets, MapFilterAndErrorsOfFunctions) {
  EXPECT_EQ(all(map(range(4), square())), "0 1 4 9");
  EXPECT_EQ(all(op("ParallelMapDataset", {range(9), none(), constant(Tensor::scalar(int32_t{3}))}, calling("f", "square"))),
            "0 1 4 9 16 25 36 49 64");
  const std::string positive = function("positive", [](Graph& graph, Endpoint x) {
    Node* const zero = *graph::create_op(graph, "Const", {}, {{"value", Tensor::scalar(int64_t{1})}, {"dtype", DType::kInt64}});
    return (*graph::create_op(graph, "Greater", {x, zero->output(0)}))->output(0);
  });
  EXPECT_EQ(all(op("FilterDataset", {range(4), none()}, calling("predicate", positive))), "2 3");
  EXPECT_EQ(all(map(range(3), divide())), "error: {{function_node divide}} Integer division by zero");
  EXPECT_EQ(all(op("IgnoreErrorsDataset", {map(range(4), "divide")}, numbers())), "6 3 2");
  EXPECT_NE(all(map(range(3), "nothing")).find("Function nothing is not defined."), std::string::npos);
}

TEST_F(Datasets, FlatMapAndInterleave) {
  const std::string repeated = function("repeated", [](Graph& graph, Endpoint x) {
    Node* const one = *graph::create_op(
        graph, "TensorDataset", {OpInput(std::vector{x})},
        {{"Toutput_types", std::vector{DType::kInt64}}, {"output_shapes", std::vector<Shape>{{}}}});
    return (*graph::create_op(graph, "RepeatDataset", {one->output(0), x}, numbers()))->output(0);
  });
  EXPECT_EQ(all(op("FlatMapDataset", {range(4), none()}, calling("f", repeated))), "1 2 2 3 3 3");
  EXPECT_EQ(all(op("InterleaveDataset", {range(5), none(), number(3), number(2)}, calling("f", repeated))), "1 2 2 3 3 4 4 3 4 4");
  EXPECT_EQ(all(op("ParallelInterleaveDatasetV2", {range(5), none(), number(3), number(2), number(2)}, calling("f", repeated))),
            "1 2 2 3 3 4 4 3 4 4");
  EXPECT_EQ(all(op("ParallelInterleaveDataset", {range(4), none(), number(2), number(1), flag(false), number(2), number(2)},
                   calling("f", repeated))), "1 2 2 3 3 3");
  EXPECT_NE(all(op("FlatMapDataset", {range(4), none()}, calling("f", square()))).find("must return a single scalar of dtype DT_VARIANT"),
            std::string::npos);
}

TEST_F(Datasets, ZipAndConcatenate) {
  const AttrMap pairs = elements({DType::kInt64, DType::kInt64}, {Shape{}, Shape{}});
  EXPECT_EQ(all(op("ZipDataset", {OpInput(std::vector{range(2), range(3)})}, pairs), pairs), "00 11");
  EXPECT_EQ(all(op("ConcatenateDataset", {range(2), range(3)}, numbers())), "0 1 0 1 2");
}

TEST_F(Datasets, PrefetchAndCacheGiveTheSame) {
  EXPECT_EQ(all(op("PrefetchDataset", {range(5), number(2)}, numbers())), "0 1 2 3 4");
  EXPECT_EQ(all(op("PrefetchDataset", {range(5), number(-1)}, numbers())), "0 1 2 3 4");
  EXPECT_EQ(all(op("PrefetchDataset", {map(range(3), divide()), number(2)}, numbers())),
            "error: {{function_node divide}} Integer division by zero");
  const Endpoint kept = op("CacheDataset", {range(3), text("")}, numbers());
  EXPECT_EQ(all(op("RepeatDataset", {kept, number(2)}, numbers())), "0 1 2 0 1 2");
}

TEST_F(Datasets, CacheInFiles) {
  const TemporaryFolder folder;
  const Endpoint kept = op("CacheDataset", {range(3), text((folder.path() + "/kept").c_str())}, numbers());
  EXPECT_EQ(all(op("RepeatDataset", {kept, number(2)}, numbers())), "0 1 2 0 1 2");
  const Endpoint again = op("CacheDataset", {range(9), text((folder.path() + "/kept").c_str())}, numbers());
  EXPECT_EQ(all(again), "0 1 2");
}

TEST_F(Datasets, PaddedBatches) {
  const Endpoint widths = batch(range(3), 2);
  const AttrMap padded{{"Toutput_types", std::vector{DType::kInt64}}, {"output_shapes", std::vector<Shape>{{-1, -1}}}, {"N", 1}};
  const auto padded_to = [&](int64_t size) {
    return op("PaddedBatchDatasetV2",
              {widths, number(2), OpInput(std::vector{constant(Tensor::from<int64_t>({size}, {1}))}),
               OpInput(std::vector{number(7)}), flag(false)}, padded);
  };
  EXPECT_EQ(all(padded_to(-1), elements({DType::kInt64}, {{-1, -1}})), "[[0 1][2 7]]");
  EXPECT_EQ(all(padded_to(3), elements({DType::kInt64}, {{-1, -1}})), "[[0 1 7][2 7 7]]");
  EXPECT_EQ(all(padded_to(1), elements({DType::kInt64}, {{-1, -1}})), "error: Attempted to pad to a smaller size than the input element.");
  EXPECT_NE(graph::OpRegistry::global().find("PaddedBatchDataset"), nullptr);
}

TEST_F(Datasets, IteratorsThatArentInitialized) {
  const Iteration iteration = iterate(range(3));
  EXPECT_EQ(error(iteration.next).substr(0, 60), "GetNext() failed because the iterator has not been initializ");
}

TEST_F(Datasets, IteratorsWantTheirElements) {
  const Endpoint iterator = op("IteratorV2", {}, with(with(elements({DType::kInt64}, {{2}}), "shared_name", ""), "container", ""));
  EXPECT_EQ(error({}, {}, {node("MakeIterator", {range(3), iterator})}).substr(0, 60),
            "Incompatible shapes at component 0: expected [2] but got [].");
  const Endpoint floats = op("Iterator", {}, with(with(elements({DType::kFloat32}, {Shape{}}), "shared_name", ""), "container", ""));
  EXPECT_EQ(error({}, {}, {node("MakeIterator", {range(3), floats})}).substr(0, 60),
            "Data type mismatch at component 0: expected float but got int64"s.substr(0, 60));
}

TEST_F(Datasets, WrongVariantsAreRefused) {
  const Endpoint optional = op("OptionalNone", {});
  EXPECT_NE(all(batch(optional, 2), elements({DType::kInt64}, {{-1}})).find("Tensor must be a Dataset object."), std::string::npos);
  const Endpoint variants = placeholder(DType::kVariant, Shape{});
  const Iteration iteration = iterate(batch(variants, 2), elements({DType::kInt64}, {{-1}}));
  EXPECT_NE(error({}, {{variants, Tensor::scalar(Variant())}}, {iteration.initializer}).find("Tensor must be a Dataset object."),
            std::string::npos);
}

TEST_F(Datasets, OneIteratorForManyThreads) {
  const Iteration iteration = iterate(op("PrefetchDataset", {range(400), number(4)}, numbers()));
  run({}, {}, {iteration.initializer});
  std::atomic<int64_t> sum{0}, count{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::vector<Tensor> element;
      while (try_run(iteration.next, {}, {}, &element).ok()) {
        sum += element[0].item<int64_t>();
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 400);
  EXPECT_EQ(sum, 400 * 399 / 2);
}

TEST_F(Datasets, SessionsCloseWhileThreadsWork) {
  const Endpoint forever = op("RepeatDataset", {range(1000), number(-1)}, numbers());
  const Endpoint mapped = op("ParallelMapDataset", {forever, none(), constant(Tensor::scalar(int32_t{4}))}, calling("f", square()));
  const Iteration iteration = iterate(op("PrefetchDataset", {mapped, number(100)}, numbers()));
  run({}, {}, {iteration.initializer});
  run(iteration.next);
  EXPECT_TRUE(session().close().ok());
  EXPECT_EQ(error(iteration.next), "Session has been closed.");
}

TEST_F(Datasets, InitializedAgainWhileThreadsWork) {
  const Endpoint forever = op("RepeatDataset", {range(10), number(-1)}, numbers());
  const Iteration iteration = iterate(op("PrefetchDataset", {map(forever, square()), number(100)}, numbers()));
  for (int i = 0; i < 20; ++i) {
    run({}, {}, {iteration.initializer});
    EXPECT_EQ(run(iteration.next)[0].item<int64_t>(), 0);
    EXPECT_EQ(run(iteration.next)[0].item<int64_t>(), 1);
  }
}

TEST_F(Datasets, AnEndlessFilterStopsWithTheRun) {
  const std::string never = function("never", [](Graph& graph, Endpoint x) {
    return (*graph::create_op(graph, "Less", {x, x}))->output(0);
  });
  const Endpoint forever = op("RepeatDataset", {range(10), number(-1)}, numbers());
  const Iteration iteration = iterate(op("FilterDataset", {forever, none()}, calling("predicate", never)));
  run({}, {}, {iteration.initializer});
  runtime::RunOptions options;
  options.timeout_ms = 50;
  EXPECT_EQ(try_run(iteration.next, {}, {}, nullptr, options).code(), StatusCode::kDeadlineExceeded);
}

TEST_F(Datasets, ReduceAndSingleElement) {
  const std::string sum = function_of("sum", {DType::kInt64, DType::kInt64}, [](Graph& graph, const std::vector<Endpoint>& x) {
    return std::vector{(*graph::create_op(graph, "AddV2", {x[0], x[1]}))->output(0)};
  });
  AttrMap attrs = calling("f", sum);
  attrs.set("Tstate", std::vector{DType::kInt64});
  EXPECT_EQ(run({op("ReduceDataset", {range(5), OpInput(std::vector{number(100)}), none()}, attrs)})[0].item<int64_t>(), 110);
  EXPECT_EQ(run({op("DatasetToSingleElement", {range(1)}, numbers())})[0].item<int64_t>(), 0);
  EXPECT_EQ(error({op("DatasetToSingleElement", {range(0)}, numbers())}).substr(0, 18), "Dataset was empty.");
  EXPECT_EQ(error({op("DatasetToSingleElement", {range(2)}, numbers())}).substr(0, 34), "Dataset had more than one element.");
  EXPECT_EQ(run({op("DatasetCardinality", {batch(range(5), 2)})})[0].item<int64_t>(), 3);
  EXPECT_EQ(run({op("ExperimentalDatasetCardinality", {op("RepeatDataset", {range(5), number(-1)}, numbers())})})[0].item<int64_t>(), -1);
}

TEST_F(Datasets, Optionals) {
  const Endpoint value = op("OptionalFromValue", {OpInput(std::vector{number(3)})});
  EXPECT_TRUE(run({op("OptionalHasValue", {value})})[0].item<bool>());
  EXPECT_EQ(run({op("OptionalGetValue", {value}, numbers())})[0].item<int64_t>(), 3);
  EXPECT_FALSE(run({op("OptionalHasValue", {op("OptionalNone", {})})})[0].item<bool>());
  EXPECT_EQ(error({op("OptionalGetValue", {op("OptionalNone", {})}, numbers())}).substr(0, 42),
            "The given optional does not have a value.\n"s.substr(0, 42));
}

TEST_F(Datasets, StringHandlesNameIterators) {
  const Endpoint iterator = op("IteratorV2", {}, with(with(numbers(), "shared_name", ""), "container", ""));
  run({}, {}, {node("MakeIterator", {range(3), iterator})});
  const Tensor handle = run({op("IteratorToStringHandle", {iterator})})[0];
  const Endpoint fed = placeholder(DType::kString, Shape{});
  const Endpoint named = op("IteratorFromStringHandleV2", {fed}, numbers());
  const Endpoint next = op("IteratorGetNext", {named}, numbers());
  EXPECT_EQ(run({next}, {{fed, handle}})[0].item<int64_t>(), 0);
  EXPECT_EQ(run({next}, {{fed, handle}})[0].item<int64_t>(), 1);
  EXPECT_EQ(error({next}, {{fed, Tensor::scalar("\xff\xff")}}).substr(0, 54), "Could not parse string_handle as a valid ResourceHandl");
}

}  // namespace
}  // namespace reflow::testing
