// The programs of docs/cpp_api.md, each run. What stands between "// [name" and "// name]" is what the page shows.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "reflow/layers/rnn.h"
#include "reflow/layers/rnn_cell.h"
#include "reflow/reflow.h"
#include "tests/kit/temporary_folder.h"

namespace tf = reflow;

namespace {

class CppApiPage : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(CppApiPage, LinearRegression) {
  tf::set_random_seed(1);
  // [linear_regression
  const tf::Output x = tf::placeholder(tf::float32, {-1, 1}, {.name = "x"});
  const tf::Output y = tf::placeholder(tf::float32, {-1, 1}, {.name = "y"});
  const tf::Variable w(tf::zeros({1, 1}), {.name = "w"});
  const tf::Variable b(tf::zeros({1}), {.name = "b"});
  const tf::Output loss = tf::reduce_mean(tf::square(tf::matmul(x, w) + b - y));
  const tf::Operation train = tf::train::GradientDescentOptimizer(0.1).minimize(loss);

  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  const tf::FeedDict points = {{x, {{0.}, {1.}, {2.}}}, {y, {{1.}, {3.}, {5.}}}};
  for (int step = 0; step < 500; ++step) sess.run(train, points);
  const auto [slope, offset] = sess.run<2>({w, b});
  // linear_regression]
  EXPECT_NEAR(slope.data<float>()[0], 2, 0.05);
  EXPECT_NEAR(offset.data<float>()[0], 1, 0.05);
}

// [dense_layer
tf::Output dense(const tf::Output& inputs, int64_t units, const std::string& scope_name) {
  const tf::variable_scope scope(scope_name);
  const int64_t size = inputs.shape().dim(1);
  const tf::Variable w =
      tf::get_variable("w", {size, units}, {.initializer = tf::truncated_normal_initializer({.stddev = 0.1})});
  const tf::Variable b = tf::get_variable("b", {units}, {.initializer = tf::zeros_initializer()});
  return tf::matmul(inputs, w) + b;
}
// dense_layer]

TEST_F(CppApiPage, MultilayerPerceptron) {
  tf::set_random_seed(1);
  // [mlp
  const tf::Output x = tf::placeholder(tf::float32, {-1, 2});
  const tf::Output labels = tf::placeholder(tf::int64, {-1});
  const tf::Output hidden = tf::nn::relu(dense(x, 16, "hidden"));
  const tf::Output logits = dense(hidden, 2, "output");
  const tf::Output loss = tf::reduce_mean(
      tf::nn::sparse_softmax_cross_entropy_with_logits({.labels = labels, .logits = logits}));
  const tf::Variable step = tf::train::get_or_create_global_step();
  const tf::Operation train = tf::train::AdamOptimizer(0.05).minimize(loss, {.global_step = step});
  const tf::Output accuracy =
      tf::reduce_mean(tf::cast(tf::equal(tf::argmax(logits, 1), labels), tf::float32));

  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  const tf::FeedDict exclusive_or = {{x, {{0., 0.}, {0., 1.}, {1., 0.}, {1., 1.}}}, {labels, {0, 1, 1, 0}}};
  for (int i = 0; i < 200; ++i) sess.run(train, exclusive_or);
  const float right = sess.run(accuracy, exclusive_or).item<float>();
  // mlp]
  EXPECT_EQ(right, 1);
  EXPECT_EQ(sess.run(step).item<int64_t>(), 200);
}

TEST_F(CppApiPage, ConvolutionalNetwork) {
  tf::set_random_seed(1);
  // [cnn
  const tf::Output images = tf::placeholder(tf::float32, {-1, 8, 8, 1});
  const tf::Output labels = tf::placeholder(tf::int64, {-1});
  const tf::Variable filters = tf::get_variable("filters", {3, 3, 1, 4});
  const tf::Variable biases = tf::get_variable("biases", {4}, {.initializer = tf::zeros_initializer()});
  const tf::Output convolved = tf::nn::bias_add(tf::nn::conv2d(images, filters, {1, 1, 1, 1}, "SAME"), biases);
  const tf::Output pooled = tf::nn::max_pool(tf::nn::relu(convolved), {1, 2, 2, 1}, {1, 2, 2, 1}, "SAME");
  const tf::Output kept = tf::nn::dropout(tf::reshape(pooled, {-1, 4 * 4 * 4}), tf::nn::DropoutOptions{.rate = 0.1});
  const tf::Output logits = dense(kept, 2, "classes");
  const tf::Output loss = tf::losses::sparse_softmax_cross_entropy(labels, logits);
  const tf::Operation train = tf::train::MomentumOptimizer(0.01, 0.9).minimize(loss);
  // cnn]
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  tf::Tensor bars(tf::float32, {2, 8, 8, 1});
  for (int i = 0; i < 128; ++i) bars.data<float>()[i] = i < 64 ? i % 8 == 3 : i / 8 == 11;
  const tf::FeedDict feeds = {{images, bars}, {labels, {0, 1}}};
  const float first = sess.run(loss, feeds).item<float>();
  for (int i = 0; i < 60; ++i) sess.run(train, feeds);
  EXPECT_LT(sess.run(loss, feeds).item<float>(), first / 2);
}

TEST_F(CppApiPage, LongShortTermMemory) {
  tf::set_random_seed(1);
  // [lstm
  const tf::Output sequences = tf::placeholder(tf::float32, {-1, 6, 1});  // [batch, time, depth]
  const tf::Output targets = tf::placeholder(tf::float32, {-1});
  tf::nn::rnn_cell::BasicLSTMCell cell(8);
  const auto result = tf::nn::dynamic_rnn(cell, sequences, {.dtype = tf::float32});
  const tf::Output last = result.outputs[{tf::Slice(), -1}];
  const tf::Output sums = tf::squeeze(dense(last, 1, "sum"), {1});
  const tf::Output loss = tf::losses::mean_squared_error(targets, sums);
  auto optimizer = tf::train::AdamOptimizer(0.05);
  std::vector<tf::Output> gradients;
  std::vector<tf::train::GradientAndVariable> pairs = optimizer.compute_gradients(loss);
  for (const auto& pair : pairs) gradients.push_back(pair.gradient);
  const auto clipped = tf::clip_by_global_norm(gradients, 1.);
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i].gradient = clipped.list_clipped[i];
  const tf::Operation train = optimizer.apply_gradients(pairs);
  // lstm]
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  tf::Tensor bits(tf::float32, {8, 6, 1}), counts(tf::float32, {8});
  for (int i = 0; i < 8; ++i) {
    counts.data<float>()[i] = 0;
    for (int j = 0; j < 6; ++j) {
      const float bit = (i * 37 + j * 11) % 3 == 0;
      bits.data<float>()[i * 6 + j] = bit;
      counts.data<float>()[i] += bit;
    }
  }
  const tf::FeedDict feeds = {{sequences, bits}, {targets, counts}};
  const float first = sess.run(loss, feeds).item<float>();
  for (int i = 0; i < 60; ++i) sess.run(train, feeds);
  EXPECT_LT(sess.run(loss, feeds).item<float>(), first / 2);
}

TEST_F(CppApiPage, InputPipelineOfQueues) {
  const tf::testing::TemporaryFolder folder;
  const std::string file = folder.path() + "/points.csv";
  std::ofstream(file) << "1,10\n2,20\n3,30\n4,40\n";
  // [queues
  const tf::FIFOQueue files = tf::train::string_input_producer(std::vector<std::string>{file}, {.num_epochs = 1});
  const tf::ReaderRecord line = tf::TextLineReader().read(files);
  const std::vector<tf::Output> columns = tf::decode_csv(line.value, {{0}, {0}});
  const std::vector<tf::Output> batch = tf::train::batch(columns, 2);

  tf::Session sess;
  sess.run(tf::local_variables_initializer());  // the count of epochs
  tf::train::Coordinator coord;
  tf::train::start_queue_runners(sess, coord);
  int64_t sum = 0;
  try {
    while (!coord.should_stop()) {
      const std::vector<tf::Tensor> values = sess.run({batch[0], batch[1]});
      for (int i = 0; i < 2; ++i) sum += values[1].data<int32_t>()[i];
    }
  } catch (const tf::errors::OutOfRangeError&) {
    coord.request_stop();
  }
  coord.join();
  // queues]
  EXPECT_EQ(sum, 100);
}

TEST_F(CppApiPage, SavingAndRestoring) {
  const tf::testing::TemporaryFolder temporary;
  const std::string folder = temporary.path();
  // [saver
  const tf::Variable v(tf::constant({1., 2.}), {.name = "v"});
  const tf::Operation twice = v.assign(v * 2.).op();
  tf::train::Saver saver(tf::train::SaverOptions{.max_to_keep = 3});
  {
    tf::Session sess;
    sess.run(tf::global_variables_initializer());
    sess.run(twice);
    saver.save(sess, folder + "/model.ckpt", {.global_step = 1});
  }
  tf::Session restored;
  saver.restore(restored, *tf::train::latest_checkpoint(folder));
  const tf::Tensor value = restored.run(v);
  // saver]
  EXPECT_EQ(value.data<float>()[1], 4);
}

TEST_F(CppApiPage, Summaries) {
  const tf::testing::TemporaryFolder temporary;
  const std::string folder = temporary.path();
  // [summaries
  const tf::Output loss = tf::placeholder(tf::float32, tf::Shape{});
  tf::summary::scalar("loss", loss);
  tf::summary::histogram("values", tf::random_normal({100}));
  const tf::Output merged = *tf::summary::merge_all();

  tf::Session sess;
  tf::summary::FileWriter writer(folder, sess.graph());
  for (int step = 0; step < 3; ++step) writer.add_summary(sess.run(merged, {{loss, 1. / (step + 1)}}), step);
  writer.close();
  // summaries]
  EXPECT_FALSE(std::filesystem::is_empty(folder));
}

TEST_F(CppApiPage, Gradients) {
  // [gradients
  const tf::Output x = tf::constant({1., 2., 3.});
  const tf::Output y = tf::reduce_sum(x * x * x);
  const tf::Output dx = tf::gradients(y, x)[0];
  const tf::Output ddx = tf::gradients(dx, x)[0];
  const auto [first, second] = tf::Session().run<2>({dx, ddx});  // 3 x^2 and 6 x
  // gradients]
  EXPECT_EQ(first.data<float>()[2], 27);
  EXPECT_EQ(second.data<float>()[2], 18);
}

TEST_F(CppApiPage, ConditionsAndLoops) {
  // [control_flow
  const tf::Output n = tf::placeholder(tf::int32, tf::Shape{});
  const tf::Output parity = tf::cond(tf::equal(n % 2, 0), [] { return tf::constant("even"); },
                                     [] { return tf::constant("odd"); });
  const std::vector<tf::Output> fibonacci = tf::while_loop(
      [&](const std::vector<tf::Output>& v) { return v[0] < n; },
      [](const std::vector<tf::Output>& v) -> tf::TensorList { return {v[0] + 1, v[2], v[1] + v[2]}; }, {0, 0, 1});
  tf::Session sess;
  const auto [word, number] = sess.run<2>({parity, fibonacci[1]}, {{n, 10}});
  // control_flow]
  EXPECT_EQ(word.item<std::string>(), "even");
  EXPECT_EQ(number.item<int32_t>(), 55);
}

TEST_F(CppApiPage, SparseEmbedding) {
  tf::set_random_seed(1);
  // [embedding
  // Two texts, of three words and of one, by their numbers.
  const tf::SparseTensor words({{0, 0}, {0, 1}, {0, 2}, {1, 0}}, tf::constant({4, 2, 7, 2}, tf::int64), {2, 3});
  const tf::Variable table = tf::get_variable("embedding", {10, 4});
  const tf::Output texts = tf::nn::embedding_lookup_sparse(table, words, std::nullopt, {.combiner = "mean"});
  const tf::Output loss = tf::reduce_sum(tf::square(texts - 1.));
  // Only the rows 2, 4 and 7 of the table are changed: their gradient is IndexedSlices.
  const tf::Operation train = tf::train::AdagradOptimizer(0.5).minimize(loss);
  // embedding]
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  const tf::Tensor before = sess.run(table);
  for (int i = 0; i < 50; ++i) sess.run(train);
  const tf::Tensor after = sess.run(table);
  EXPECT_EQ(before.data<float>()[0], after.data<float>()[0]);
  EXPECT_NE(before.data<float>()[2 * 4], after.data<float>()[2 * 4]);
  EXPECT_LT(sess.run(loss).item<float>(), 0.1);
}

TEST_F(CppApiPage, GradientsOfOnesOwn) {
  // [custom_gradient
  // log(1 + exp(x)), whose gradient doesn't overflow.
  const auto log1pexp = [](const std::vector<tf::Output>& args) -> tf::CustomGradient {
    const tf::Output e = tf::exp(args[0]);
    return {.results = {tf::log(1. + e)},
            .grad_fn = [e](const std::vector<tf::Output>& grads) -> std::vector<tf::Gradient> {
              return {grads[0] * (1. - 1. / (1. + e))};
            }};
  };
  const tf::Output x = tf::constant(100.f);
  const tf::Output y = tf::custom_gradient(log1pexp, {x})[0];
  const tf::Output dx = tf::gradients(y, x)[0];
  // custom_gradient]
  EXPECT_EQ(tf::Session().run(dx).item<float>(), 1);
}

TEST_F(CppApiPage, SessionsAndFeeds) {
  // [session
  const tf::Output x = tf::placeholder(tf::float32, {-1, 2}, {.name = "x"});
  const tf::Output sum = tf::reduce_sum(x, 1, {.name = "sum"});

  tf::SessionOptions options;
  options.config.intra_op_parallelism_threads = 1;
  options.config.allow_soft_placement = true;
  const tf::Session sess(options);
  tf::Tensor rows(tf::float32, {1000, 2});
  std::fill_n(rows.data<float>(), 2000, 0.5f);
  const tf::Tensor sums = sess.run("sum:0", {{x, rows}});
  // What is run often is checked and compiled once.
  const tf::Callable call = sess.make_callable({sum}, {x});
  const tf::Tensor again = call(rows)[0];
  try {
    sess.run(sum, {{x, {1., 2., 3.}}});
  } catch (const tf::ValueError& e) {
    std::printf("%s\n", e.what());  // Cannot feed value of shape (3,) for Tensor 'x:0', which has shape '(?, 2)'
  }
  // session]
  EXPECT_EQ(sums.data<float>()[999], 1);
  EXPECT_EQ(again.num_elements(), 1000);
}

TEST_F(CppApiPage, SharedVariables) {
  // [sharing
  const tf::Output a = tf::constant({{1., 2.}}), b = tf::constant({{3., 4.}});
  const auto encode = [](const tf::Output& x) {
    const tf::variable_scope scope("encoder", {.reuse = tf::AUTO_REUSE});
    return tf::matmul(x, tf::get_variable("w", {2, 3}));
  };
  const tf::Output distance = tf::norm(encode(a) - encode(b));  // both by the same w
  // sharing]
  EXPECT_TRUE(distance.valid());
  EXPECT_EQ(tf::trainable_variables().size(), 1u);
}

TEST_F(CppApiPage, StringsAndSparseTensors) {
  // [strings
  const tf::Output texts = tf::constant({"the cat", "the old dog"});
  const tf::SparseTensor words = tf::string_split(texts);
  const tf::Output buckets = tf::string_to_hash_bucket_fast(words.values, 1000);
  const tf::Output ids = tf::sparse_tensor_to_dense({words.indices, buckets, words.dense_shape}, {.default_value = -1});
  const tf::Output lengths = tf::strings::length(texts);
  const auto [matrix, bytes] = tf::Session().run<2>({ids, lengths});
  // strings]
  EXPECT_EQ(matrix.shape(), (tf::Shape{2, 3}));
  EXPECT_EQ(matrix.data<int64_t>()[2], -1);
  EXPECT_EQ(bytes.data<int32_t>()[1], 11);
}

TEST_F(CppApiPage, StreamingMetrics) {
  // [metrics
  const tf::Output labels = tf::placeholder(tf::int64, {-1}), predictions = tf::placeholder(tf::int64, {-1});
  const tf::metrics::Metric accuracy = tf::metrics::accuracy(labels, predictions);
  tf::Session sess;
  sess.run(tf::local_variables_initializer());
  sess.run(accuracy.update_op, {{labels, {1, 0}}, {predictions, {1, 1}}});
  sess.run(accuracy.update_op, {{labels, {1, 0}}, {predictions, {1, 0}}});
  const float value = sess.run(accuracy.value).item<float>();  // of all four
  // metrics]
  EXPECT_EQ(value, 0.75f);
}

TEST_F(CppApiPage, LookupTables) {
  // [tables
  const tf::Output numbers = tf::constant({0, 1}, tf::int64);
  const tf::lookup::StaticVocabularyTable table(tf::lookup::KeyValueTensorInitializer({"cat", "dog"}, numbers), 2);
  const tf::Output ids = table.lookup(tf::constant({"dog", "bird"}));
  tf::Session sess;
  sess.run(tf::tables_initializer());
  const tf::Tensor found = sess.run(ids);  // 1, and a bucket: 2 or 3
  // tables]
  EXPECT_EQ(found.data<int64_t>()[0], 1);
  EXPECT_GE(found.data<int64_t>()[1], 2);
}

TEST_F(CppApiPage, FunctionsOfTheProgram) {
  // [py_func
  const auto sorted = [](const std::vector<tf::Tensor>& inputs) {
    tf::Tensor values = inputs[0].copy();
    std::sort(values.data<float>(), values.data<float>() + values.num_elements());
    return std::vector<tf::Tensor>{values};
  };
  const tf::Output x = tf::constant({3., 1., 2.});
  const tf::Output y = tf::py_func(sorted, {x}, {tf::float32})[0];
  const tf::Tensor value = tf::Session().run(y);
  // py_func]
  EXPECT_EQ(value.data<float>()[0], 1);
}

TEST_F(CppApiPage, CheckpointsOfObjects) {
  const tf::testing::TemporaryFolder temporary;
  const std::string folder = temporary.path();
  // [checkpoint
  const tf::Variable w(tf::zeros({2}), {.name = "w"}), b(tf::zeros({1}), {.name = "b"});
  tf::train::AdamOptimizer optimizer(0.1);
  const tf::Operation train = optimizer.minimize(tf::reduce_sum(tf::square(w - 1.)) + tf::square(b[0]));
  const tf::train::Trackable model({{"w", w}, {"b", b}});
  tf::train::Checkpoint checkpoint({{"model", model}, {"optimizer", optimizer}});

  const tf::Session sess;
  checkpoint.restore(sess, tf::train::latest_checkpoint(folder)).initialize_or_restore(sess);
  for (int i = 0; i < 10; ++i) sess.run(train);
  const std::string path = checkpoint.save(sess, folder + "/ckpt");
  // checkpoint]
  EXPECT_EQ(tf::train::load_variable(path, "model/w/.ATTRIBUTES/VARIABLE_VALUE").num_elements(), 2);
}

TEST_F(CppApiPage, SessionsWithHooks) {
  const tf::testing::TemporaryFolder temporary;
  const std::string folder = temporary.path();
  // [monitored
  const tf::Variable step = tf::train::get_or_create_global_step();
  const tf::Variable w(1., {.name = "w"});
  const tf::Output loss = tf::square(w - 5.);
  const tf::Operation train = tf::train::GradientDescentOptimizer(0.1).minimize(loss, {.global_step = step});

  tf::train::MonitoredSession sess = tf::train::MonitoredTrainingSession(
      {.checkpoint_dir = folder,
       .hooks = {std::make_shared<tf::train::StopAtStepHook>(tf::train::StopAtStepHookOptions{.last_step = 100}),
                 std::make_shared<tf::train::NanTensorHook>(loss)}});
  sess.run_until_end([&] { sess.run(train); });
  // monitored]
  EXPECT_EQ(tf::train::latest_checkpoint(folder), folder + "/model.ckpt-100");
}

}  // namespace
