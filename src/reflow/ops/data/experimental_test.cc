// The datasets of tf.data.experimental, and iterators other than initializable ones.

#include "reflow/formats/example_builder.h"
#include "reflow/op/kernel_registry.h"
#include "tests/kit/dataset_fixture.h"

namespace reflow::testing {
namespace {

using ExperimentalDatasets = DatasetFixture;

// Ops that TensorFlow has under two names, the older one of which begins with "Experimental".
constexpr std::pair<const char*, const char*> kOlderNames[] = {
    {"ExperimentalMapDataset", "MapDataset"},
    {"ExperimentalCSVDataset", "CSVDataset"},
    {"ExperimentalDenseToSparseBatchDataset", "DenseToSparseBatchDataset"},
    {"ExperimentalGroupByReducerDataset", "GroupByReducerDataset"},
    {"ExperimentalDatasetToTFRecord", "DatasetToTFRecord"},
    {"ExperimentalMapAndBatchDataset", "MapAndBatchDataset"},
    {"ExperimentalParallelInterleaveDataset", "ParallelInterleaveDataset"},
    {"ExperimentalTakeWhileDataset", "TakeWhileDataset"},
    {"ExperimentalUnbatchDataset", "UnbatchDataset"},
    {"ExperimentalDirectedInterleaveDataset", "DirectedInterleaveDataset"},
    {"ExperimentalGroupByWindowDataset", "GroupByWindowDataset"},
    {"ExperimentalScanDataset", "ScanDataset"},
    {"ExperimentalIgnoreErrorsDataset", "IgnoreErrorsDataset"},
    {"ExperimentalUniqueDataset", "UniqueDataset"},
    {"ExperimentalRandomDataset", "RandomDataset"},
    {"ExperimentalMaxIntraOpParallelismDataset", "MaxIntraOpParallelismDataset"},
    {"ExperimentalPrivateThreadPoolDataset", "PrivateThreadPoolDataset"},
    {"ExperimentalNonSerializableDataset", "NonSerializableDataset"},
    {"ExperimentalAssertNextDataset", "AssertNextDataset"},
    {"ExperimentalLatencyStatsDataset", "LatencyStatsDataset"},
    {"ExperimentalBytesProducedStatsDataset", "BytesProducedStatsDataset"},
    {"ExperimentalIteratorGetDevice", "IteratorGetDevice"},
    {"ExperimentalParseExampleDataset", "ParseExampleDataset"},
    {"ExperimentalSqlDataset", "SqlDataset"},
    {"ExperimentalStatsAggregatorHandle", "StatsAggregatorHandle"},
    {"ExperimentalStatsAggregatorSummary", "StatsAggregatorSummary"},
    {"ExperimentalSetStatsAggregatorDataset", "SetStatsAggregatorDataset"},
    {"ExperimentalThreadPoolHandle", "ThreadPoolHandle"},
    {"ExperimentalThreadPoolDataset", "ThreadPoolDataset"},
    {"ExperimentalSleepDataset", "SleepDataset"},
    {"ExperimentalMatchingFilesDataset", "MatchingFilesDataset"},
};

TEST_F(ExperimentalDatasets, OlderNamesAreTheSameOps) {
  for (const auto& [older, name] : kOlderNames) {
    const graph::OpDef *a = graph::OpRegistry::global().find(older), *b = graph::OpRegistry::global().find(name);
    ASSERT_TRUE(a != nullptr && b != nullptr) << older;
    ASSERT_EQ(a->inputs.size(), b->inputs.size()) << older;
    for (size_t i = 0; i < a->inputs.size(); ++i) EXPECT_EQ(a->inputs[i].name, b->inputs[i].name) << older;
    EXPECT_EQ(::reflow::op::KernelRegistry::global().kernels_of(older).size(), 1u) << older;
  }
}

TEST_F(ExperimentalDatasets, SomeHandTheirInputOn) {
  EXPECT_EQ(all(op("MaxIntraOpParallelismDataset", {range(2), number(1)}, numbers())), "0 1");
  EXPECT_EQ(all(op("PrivateThreadPoolDataset", {range(2), number(1)}, numbers())), "0 1");
  EXPECT_EQ(all(op("NonSerializableDataset", {range(2)}, numbers())), "0 1");
  EXPECT_EQ(all(op("AssertNextDataset", {range(2), constant(Tensor::vector<std::string>({"Map"}))}, numbers())), "0 1");
  EXPECT_EQ(all(op("LatencyStatsDataset", {range(2), text("t")}, numbers())), "0 1");
  EXPECT_EQ(all(op("BytesProducedStatsDataset", {range(2), text("t")}, numbers())), "0 1");
}

TEST_F(ExperimentalDatasets, PausesAndThreadsLeaveElementsAlone) {
  EXPECT_EQ(all(op("SleepDataset", {range(2), number(10)}, numbers())), "0 1");
  const Endpoint threads = op("ThreadPoolHandle", {}, {{"num_threads", int64_t{2}}, {"display_name", "threads"}});
  EXPECT_EQ(all(op("ThreadPoolDataset", {range(2), threads}, numbers())), "0 1");
  const AttrMap names = elements({DType::kString}, {Shape{}});
  EXPECT_EQ(all(op("MatchingFilesDataset", {text("/none/*")}), names), "error: /none; No such file or directory");
}

TEST_F(ExperimentalDatasets, RecordsOfDatasetsAreAggregated) {
  const Endpoint aggregator = op("StatsAggregatorHandle", {});
  const Endpoint summary = op("StatsAggregatorSummary", {aggregator});
  const Endpoint recorded = op("BytesProducedStatsDataset", {range(2), text("bytes")}, numbers());
  EXPECT_EQ(all(op("SetStatsAggregatorDataset", {recorded, aggregator, text("some"), text("")}, numbers())), "0 1");
  const std::string bytes = run({summary})[0].item<std::string>();
  EXPECT_NE(bytes.find("some::bytes"), std::string::npos);
}

TEST_F(ExperimentalDatasets, RowsOfElements) {
  EXPECT_EQ(all(op("UnbatchDataset", {batch(range(5), 2)}, numbers())), "0 1 2 3 4");
  EXPECT_EQ(all(op("UnbatchDataset", {range(2)}, numbers())), "error: Input element must have a non-scalar value in each component.");
}

TEST_F(ExperimentalDatasets, MapAndBatch) {
  const AttrMap rows = elements({DType::kInt64}, {{-1}});
  const Endpoint batches = op("MapAndBatchDataset", {range(5), none(), number(2), number(3), flag(false)}, calling("f", square(), rows));
  EXPECT_EQ(all(batches, rows), "[0 1] [4 9] [16]");
  const Endpoint failing = op("MapAndBatchDataset", {range(5), none(), number(2), number(3), flag(false)}, calling("f", divide(), rows));
  EXPECT_EQ(all(failing, rows), "error: {{function_node divide}} Integer division by zero");
}

TEST_F(ExperimentalDatasets, ChosenByAnother) {
  const Endpoint selector = op("RangeDataset", {number(1), number(-1), number(-1)}, numbers());
  const auto chosen = [&](Endpoint by) {
    return all(op("DirectedInterleaveDataset", {by, OpInput(std::vector{range(1), range(3)})}, numbers()));
  };
  EXPECT_EQ(chosen(op("RepeatDataset", {selector, number(-1)}, numbers())), "0 0 1 2");
  EXPECT_EQ(chosen(range(3)), "0 0error: Selector index out of range: 2 >= 2");
}

TEST_F(ExperimentalDatasets, ScanHandsAStateOn) {
  const std::string running_sum = function_of("running_sum", {DType::kInt64, DType::kInt64}, [](Graph& graph, const std::vector<Endpoint>& x) {
    const Endpoint sum = (*graph::create_op(graph, "AddV2", {x[0], x[1]}))->output(0);
    return std::vector{sum, sum};
  });
  AttrMap attrs = calling("f", running_sum);
  attrs.set("Tstate", std::vector{DType::kInt64});
  EXPECT_EQ(all(op("ScanDataset", {range(4), OpInput(std::vector{number(10)}), none()}, attrs)), "10 11 13 16");
}

TEST_F(ExperimentalDatasets, GroupsByWindow) {
  const std::string parity = function("parity", [](Graph& graph, Endpoint x) {
    Node* const two = *graph::create_op(graph, "Const", {}, {{"value", Tensor::scalar(int64_t{2})}, {"dtype", DType::kInt64}});
    return (*graph::create_op(graph, "FloorMod", {x, two->output(0)}))->output(0);
  });
  const std::string size = function("size", [](Graph& graph, Endpoint) {
    return (*graph::create_op(graph, "Const", {}, {{"value", Tensor::scalar(int64_t{2})}, {"dtype", DType::kInt64}}))->output(0);
  });
  const std::string all_of = function_of("all_of", {DType::kInt64, DType::kVariant}, [](Graph&, const std::vector<Endpoint>& x) {
    return std::vector{x[1]};
  });
  AttrMap attrs = numbers();
  for (const char* types : {"Tkey_func_other_arguments", "Treduce_func_other_arguments", "Twindow_size_func_other_arguments"}) {
    attrs.set(types, std::vector<DType>{});
  }
  attrs.set("key_func", graph::NameAttrList{parity, nullptr});
  attrs.set("reduce_func", graph::NameAttrList{all_of, nullptr});
  attrs.set("window_size_func", graph::NameAttrList{size, nullptr});
  EXPECT_EQ(all(op("GroupByWindowDataset", {range(5), none(), none(), none()}, attrs)), "0 2 1 3 4");
}

TEST_F(ExperimentalDatasets, GroupByReducer) {
  const auto same = [&](const char* name) { return function(name, [](Graph&, Endpoint x) { return x; }); };
  const std::string sum = function_of("sum", {DType::kInt64, DType::kInt64}, [](Graph& graph, const std::vector<Endpoint>& x) {
    return std::vector{(*graph::create_op(graph, "Add", {x[0], x[1]}))->output(0)};
  });
  const std::string zero = function("zero", [](Graph& graph, Endpoint x) {
    return (*graph::create_op(graph, "Sub", {x, x}))->output(0);
  });
  AttrMap attrs = numbers();
  for (const char* types : {"Tkey_func_other_arguments", "Tinit_func_other_arguments", "Treduce_func_other_arguments",
                            "Tfinalize_func_other_arguments"}) {
    attrs.set(types, std::vector<DType>{});
  }
  attrs.set("key_func", graph::NameAttrList{same("key"), nullptr});
  attrs.set("init_func", graph::NameAttrList{zero, nullptr});
  attrs.set("reduce_func", graph::NameAttrList{sum, nullptr});
  attrs.set("finalize_func", graph::NameAttrList{same("final"), nullptr});
  const Endpoint twice = op("RepeatDataset", {op("SkipDataset", {range(4), number(1)}, numbers()), number(2)}, numbers());
  EXPECT_EQ(all(op("GroupByReducerDataset", {twice, none(), none(), none(), none()}, attrs)), "2 4 6");
}

TEST_F(ExperimentalDatasets, DenseToSparseBatch) {
  const AttrMap sparse = elements({DType::kVariant}, {{3}});
  const auto batches = [&](int64_t most) {
    const Endpoint shape = constant(Tensor::vector<int64_t>({most}));
    return op("DenseToSparseBatchDataset", {batch(range(3), 2), number(2), shape}, sparse);
  };
  const Iteration iteration = iterate(batches(-1), sparse);
  run({}, {}, {iteration.initializer});
  Node* const row = node("DeserializeSparse", {iteration.next[0]}, {{"dtype", DType::kInt64}});
  const std::vector<Tensor> parts = run({row->output(0), row->output(1), row->output(2)});
  EXPECT_EQ(parts[0].summarize(10), "[0 0][0 1][1 0]");
  EXPECT_EQ(parts[1].summarize(10), "0 1 2");
  EXPECT_EQ(parts[2].summarize(10), "2 2");
  EXPECT_EQ(all(batches(1), sparse), "error: Input element had shape ([2]) that is larger than the row shape ([1]).");
}

TEST_F(ExperimentalDatasets, UniqueRandomAndTakeWhile) {
  EXPECT_EQ(all(op("UniqueDataset", {op("RepeatDataset", {range(2), number(2)}, numbers())}, numbers())), "0 1");
  // Of TensorFlow 1.15.5.
  EXPECT_EQ(all(op("TakeDataset", {op("RandomDataset", {number(87654321), number(3)}, numbers()), number(3)}, numbers())),
            "3534849767 279844183 888998500");
  const std::string small = function("small", [](Graph& graph, Endpoint x) {
    Node* const two = *graph::create_op(graph, "Const", {}, {{"value", Tensor::scalar(int64_t{2})}, {"dtype", DType::kInt64}});
    return (*graph::create_op(graph, "Less", {x, two->output(0)}))->output(0);
  });
  EXPECT_EQ(all(op("TakeWhileDataset", {range(5), none()}, calling("predicate", small))), "0 1");
}

TEST_F(ExperimentalDatasets, FilterByLastComponent) {
  const std::string with_flag = function_of("with_flag", {DType::kInt64}, [](Graph& graph, const std::vector<Endpoint>& x) {
    return std::vector{x[0], (*graph::create_op(graph, "Equal", {x[0], x[0]}))->output(0)};
  });
  const Endpoint flagged = op("MapDataset", {range(2), none()}, calling("f", with_flag, elements({DType::kInt64, DType::kBool}, {Shape{}, Shape{}})));
  EXPECT_EQ(all(op("FilterByLastComponentDataset", {flagged}, numbers())), "0 1");
}

TEST_F(ExperimentalDatasets, Windows) {
  const AttrMap variants = elements({DType::kVariant}, {Shape{}});
  const Endpoint windows = op("WindowDataset", {range(7), number(3), number(2), number(2), flag(false)}, variants);
  const std::string itself = function_of("itself", {DType::kVariant}, [](Graph&, const std::vector<Endpoint>& x) { return x; });
  EXPECT_EQ(all(op("FlatMapDataset", {windows, none()}, calling("f", itself))), "0 2 4 2 4 6 4 6 6");
}

TEST_F(ExperimentalDatasets, RowsOfSparseTensors) {
  const Endpoint rows = op("SparseTensorSliceDataset", {constant(Tensor::from<int64_t>({0, 1, 2, 0}, {2, 2})),
                                                        constant(Tensor::vector<int64_t>({5, 6})), constant(Tensor::vector<int64_t>({3, 2}))});
  EXPECT_EQ(all(rows, elements({DType::kInt64, DType::kInt64, DType::kInt64}, {{-1, 1}, {-1}, {1}})), "[[1]][5][2] [][][2] [[0]][6][2]");
}

TEST_F(ExperimentalDatasets, GeneratorsEndWhenTheirFunctionSaysSo) {
  const std::string state = function_of("state", {}, [](Graph& graph, const std::vector<Endpoint>&) {
    return std::vector{(*graph::create_op(graph, "Const", {}, {{"value", Tensor::scalar(int64_t{7})}, {"dtype", DType::kInt64}}))->output(0)};
  });
  // The end of a queue that is closed from the beginning.
  const std::string next = function("next", [](Graph& graph, Endpoint) {
    Node* const queue = *graph::create_op(graph, "FIFOQueueV2", {}, {{"component_types", std::vector{DType::kInt64}}});
    Node* const close = *graph::create_op(graph, "QueueCloseV2", {queue->output(0)});
    graph::CreateOptions after;
    after.control_inputs = {close};
    return (*graph::create_op(graph, "QueueDequeueV2", {queue->output(0)}, {{"component_types", std::vector{DType::kInt64}}}, after))->output(0);
  });
  AttrMap attrs = numbers();
  for (const char* types : {"Tinit_func_args", "Tnext_func_args", "Tfinalize_func_args"}) attrs.set(types, std::vector<DType>{});
  attrs.set("init_func", graph::NameAttrList{state, nullptr});
  attrs.set("finalize_func", graph::NameAttrList{square(), nullptr});
  attrs.set("next_func", graph::NameAttrList{next, nullptr});
  EXPECT_EQ(all(op("GeneratorDataset", {none(), none(), none()}, attrs)), "");
}

TEST_F(ExperimentalDatasets, OneShotIteratorsMakeTheirDataset) {
  const std::string factory = function_of("factory", {}, [](Graph& graph, const std::vector<Endpoint>&) {
    std::vector<Endpoint> bounds;
    for (const int64_t value : {0, 2, 1}) {
      bounds.push_back((*graph::create_op(graph, "Const", {}, {{"value", Tensor::scalar(value)}, {"dtype", DType::kInt64}}))->output(0));
    }
    return std::vector{(*graph::create_op(graph, "RangeDataset", {bounds[0], bounds[1], bounds[2]}, numbers()))->output(0)};
  });
  const Endpoint iterator = op("OneShotIterator", {}, with(numbers(), "dataset_factory", graph::NameAttrList{factory, nullptr}));
  const Endpoint next = op("IteratorGetNext", {iterator}, numbers());
  EXPECT_EQ(run({next})[0].item<int64_t>(), 0);
  EXPECT_EQ(run({next})[0].item<int64_t>(), 1);
  EXPECT_EQ(error({next}).substr(0, 15), "End of sequence");
  EXPECT_NE(run({op("IteratorGetDevice", {iterator})})[0].item<std::string>().find("CPU:0"), std::string::npos);
}

TEST_F(ExperimentalDatasets, AnonymousIteratorsLiveAsLongAsTheirHandle) {
  Node* const anonymous = node("AnonymousIteratorV2", {}, numbers());
  Node* const made = node("MakeIterator", {range(3), anonymous->output(0)});
  Node* const next = node("IteratorGetNextSync", {anonymous->output(0)}, numbers(), "", {made});
  Node* const deleted = node("DeleteIterator", {anonymous->output(0), anonymous->output(1)}, {}, "", {next});
  EXPECT_EQ(run({next->output(0)}, {}, {deleted})[0].item<int64_t>(), 0);
  EXPECT_EQ(run({next->output(0)}, {}, {deleted})[0].item<int64_t>(), 0);
  EXPECT_NE(graph::OpRegistry::global().find("AnonymousIterator"), nullptr);
}

TEST_F(ExperimentalDatasets, FeaturesOfExamplesAreInTheOrderOfTheirKeys) {
  formats::ExampleBuilder example;
  example.add_int64s("b", {7}).add_int64s("a", {5});
  const Endpoint serialized = constant(Tensor::vector<std::string>({std::string(example.bytes())}));
  const Endpoint examples = op("TensorDataset", {OpInput(std::vector{serialized})},
                               {{"Toutput_types", std::vector{DType::kString}}, {"output_shapes", std::vector<Shape>{{1}}}});
  const AttrMap parsed = elements({DType::kInt64, DType::kInt64}, {{-1}, {-1}});
  AttrMap attrs = with(with(parsed, "dense_keys", std::vector<std::string>{"b", "a"}), "sparse_keys", std::vector<std::string>{});
  attrs = with(with(attrs, "dense_shapes", std::vector<Shape>{{}, {}}), "sparse_types", std::vector<DType>{});
  attrs = with(attrs, "Tdense", std::vector{DType::kInt64, DType::kInt64});
  const Endpoint none = constant(Tensor::vector<int64_t>({}));
  EXPECT_EQ(all(op("ParseExampleDataset", {examples, number(1), OpInput(std::vector{none, none})}, attrs), parsed), "[5][7]");
}

TEST_F(ExperimentalDatasets, DatabasesHaveToBeThere) {
  const auto rows = [&](const char* driver, const char* path) {
    return all(op("SqlDataset", {text(driver), text(path), text("select 1")}, numbers()));
  };
  EXPECT_TRUE(rows("mysql", "x").starts_with("error: The database type, mysql, is not supported by SqlDataset. The set of "
                                             "supported databases is: {'sqlite'}."));
  EXPECT_EQ(rows("sqlite", "/none/x.db"), "error: Sqlite::Open(/none/x.db) failed: unable to open database file");
}

TEST_F(ExperimentalDatasets, NextElementsAsOptionals) {
  const Endpoint iterator = op("IteratorV2", {}, with(with(numbers(), "shared_name", ""), "container", ""));
  const Endpoint has_value = op("OptionalHasValue", {op("IteratorGetNextAsOptional", {iterator}, numbers())});
  run({}, {}, {node("MakeIterator", {range(1), iterator})});
  EXPECT_TRUE(run({has_value})[0].item<bool>());
  EXPECT_FALSE(run({has_value})[0].item<bool>());
  const Endpoint again = op("IteratorFromStringHandle", {op("IteratorToStringHandle", {iterator})}, numbers());
  EXPECT_EQ(error({op("IteratorGetNext", {again}, numbers())}).substr(0, 15), "End of sequence");
}

}  // namespace
}  // namespace reflow::testing
