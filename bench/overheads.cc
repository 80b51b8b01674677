// What a run, and making a node, costs beside the kernels.

#include "harness.h"
#include "workloads.h"

namespace reflow::bench {

void null_run() {
  const tf::Output a = tf::placeholder(tf::float32, {}), b = tf::placeholder(tf::float32, {});
  const tf::Output total = a + b, one = tf::constant(1.0);
  const tf::Session sess = session();
  const Tensor first = Tensor::scalar(1.0f), second = Tensor::scalar(2.0f);
  emit("null_run", "const_fetch", "us", scaled(seconds_per_call([&] { sess.run(one); }), 1e6));
  emit("null_run", "add_two_feeds", "us",
       scaled(seconds_per_call([&] { sess.run(total, {{a, first}, {b, second}}); }), 1e6));
  emit("null_run", "add_two_feeds_python_floats", "us",
       scaled(seconds_per_call([&] { sess.run(total, {{a, 1.0}, {b, 2.0}}); }), 1e6));
  std::vector<Tensor> results;
  const auto prepared = sess.make_callable({one});
  emit("null_run", "const_fetch_make_callable", "us", scaled(seconds_per_call([&] { prepared.run({}, &results); }), 1e6));
  const auto prepared_sum = sess.make_callable({total}, {a, b});
  const Tensor values[] = {first, second};
  emit("null_run", "add_two_feeds_make_callable", "us", scaled(seconds_per_call([&] { prepared_sum.run(values, &results); }), 1e6));
}

namespace {

constexpr int kOps = 10000;

// `suffix` tells runs with passes off from those with them.
void chain_runs(const std::vector<tf::GraphElement>& inputs, const tf::Output& y, const tf::Output& gradient, bool passes,
                const std::string& suffix) {
  const Tensor values[] = {Tensor::scalar(1.0f), Tensor::scalar(0.999f), Tensor::scalar(0.001f)};
  std::vector<Tensor> none;
  const auto measure = [&](const tf::Output& target, const std::string& first, const std::string& later) {
    const tf::Session sess = session(passes);
    tf::FeedDict feeds;
    for (size_t i = 0; i < inputs.size(); ++i) feeds.add(inputs[i], values[i]);
    emit("graph_build", first + suffix, "ms", {1e3 * cpu_seconds([&] { sess.run(target, feeds); })});
    const auto run = sess.make_callable({target.op()}, inputs);
    emit("graph_build", later + suffix, "us", scaled(seconds_per_call([&] { run.run(values, &none); }), 1e6 / kOps));
  };
  measure(y, "first_run_10k_ops", "chain_run_per_op");
  measure(gradient, "first_run_gradient", "gradient_run_per_forward_op");
}

void wide_runs(const tf::Output& x, const tf::Output& wide, bool passes, const std::string& suffix) {
  const tf::Session sess = session(passes);
  const Tensor value[] = {Tensor::scalar(5.0f)};
  std::vector<Tensor> none;
  emit("graph_build", "first_run_wide" + suffix, "ms", {1e3 * cpu_seconds([&] { sess.run(wide, {{x, value[0]}}); })});
  const auto run = sess.make_callable({wide.op()}, {x});
  emit("graph_build", "wide_run_per_op" + suffix, "us", scaled(seconds_per_call([&] { run.run(value, &none); }), 1e6 / kOps));
}

}  // namespace

void graph_build() {
  {
    tf::Graph graph;
    const auto scope = graph.as_default();
    const tf::Output x = tf::placeholder(tf::float32, {}), a = tf::placeholder(tf::float32, {}),
                     b = tf::placeholder(tf::float32, {});
    tf::Output y = x, gradient;
    emit("graph_build", "build_per_op", "us", {1e6 / kOps * cpu_seconds([&] {
      for (int i = 0; i < kOps / 2; ++i) y = tf::add(tf::multiply(y, a), b);
    })});
    emit("graph_build", "gradients_per_forward_op", "us",
         {1e6 / kOps * cpu_seconds([&] { gradient = tf::gradients(y, {x})[0]; })});
    chain_runs({x, a, b}, y, gradient, true, "");
    chain_runs({x, a, b}, y, gradient, false, "_passes_off");
  }
  tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output x = tf::placeholder(tf::float32, {});
  std::vector<tf::Output> maxima;
  for (int i = 0; i < kOps; i += 100) {
    std::vector<tf::Output> small;
    for (int j = i; j < i + 100; ++j) small.push_back(tf::maximum(x, tf::constant(static_cast<float>(j))));
    maxima.push_back(tf::reduce_max(tf::stack(small)));
  }
  const tf::Output wide = tf::reduce_sum(tf::stack(maxima));
  wide_runs(x, wide, true, "");
  wide_runs(x, wide, false, "_passes_off");
}

}  // namespace reflow::bench
