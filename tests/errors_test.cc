// The mistakes of tests/data/tf-1.15/errors.jsonl, made in C++: class and text are those of TensorFlow 1.15.5.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "reflow/reflow.h"
#include "tests/kit/golden_file.h"

namespace tf = reflow;

namespace reflow::testing {
namespace {

// The vectors by name.
const std::map<std::string, nlohmann::json>& vectors() {
  static const auto* const all = [] {
    auto* const made = new std::map<std::string, nlohmann::json>();
    for (const nlohmann::json& vector : read_golden_jsonl("tf-1.15/errors.jsonl")) {
      made->emplace(vector["name"].get<std::string>(), vector);
    }
    return made;
  }();
  return *all;
}

// "InvalidArgumentError" for 3.
std::string class_of(errors::Code code) {
  static const std::map<errors::Code, std::string> names{
      {errors::CANCELLED, "CancelledError"},          {errors::INVALID_ARGUMENT, "InvalidArgumentError"},
      {errors::DEADLINE_EXCEEDED, "DeadlineExceededError"}, {errors::NOT_FOUND, "NotFoundError"},
      {errors::FAILED_PRECONDITION, "FailedPreconditionError"}, {errors::OUT_OF_RANGE, "OutOfRangeError"},
  };
  const auto found = names.find(code);
  return found == names.end() ? "code " + std::to_string(code) : found->second;
}

struct Raised {
  std::string type, text;
};

Raised raised_by(const std::function<void()>& program) {
  try {
    program();
  } catch (const errors::OpError& e) {
    return {class_of(e.error_code()), e.message()};
  } catch (const ValueError& e) {
    return {"ValueError", e.what()};
  } catch (const TypeError& e) {
    return {"TypeError", e.what()};
  } catch (const RuntimeError& e) {
    return {"RuntimeError", e.what()};
  } catch (const KeyError& e) {
    return {"KeyError", e.what()};
  } catch (const LookupError& e) {
    return {"LookupError", e.what()};
  }
  return {"nothing", ""};
}

// Numbers of queues and arrays differ from run to run; where a variable was made is not told here.
std::string comparable(std::string text) {
  text = std::regex_replace(text, std::regex("'_[0-9]+_"), "'_N_");
  text = std::regex_replace(text, std::regex("TensorArray_[0-9]+"), "TensorArray_N");
  return text.substr(0, text.find(" Originally defined at:"));
}

tf::Tensor run(const GraphElement& fetch, const FeedDict& feeds = {}) { return tf::Session().run(fetch, feeds); }
TensorLike ones(const TensorLike& shape) { return tf::ones(shape); }
Output default_of(const TensorLike& value, const Shape& shape) { return tf::placeholder_with_default(value, shape); }

const std::map<std::string, std::function<void()>> kPrograms{
    {"matmul_rank", [] { tf::matmul(ones({3}), ones({3, 2})); }},
    {"add_shapes", [] { tf::ones({2, 3}) + tf::ones({2, 4}); }},
    {"add_dtypes", [] { tf::constant(1) + tf::constant(1.5); }},
    {"add_python_float_to_int", [] { tf::constant(1) + 1.5; }},
    {"multiply_dtype", [] { tf::multiply(tf::constant({1, 2}), tf::constant({1., 2.}), {.name = "m"}); }},
    {"reshape_size_at_run", [] {
       const Output p = tf::placeholder(tf::float32, {.name = "p"});
       run(tf::reshape(p, {4, -1}, {.name = "r"}), {{p, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}}});
     }},
    {"reshape_two_unknown", [] { run(tf::reshape(ones({2, 3}), {-1, -1})); }},
    {"concat_shapes", [] { tf::concat({ones({2, 3}), ones({3, 4})}, 0); }},
    {"concat_axis", [] { tf::concat({ones({2, 3}), ones({2, 3})}, 2); }},
    {"stack_shapes", [] { tf::stack({ones({2}), ones({3})}); }},
    {"squeeze_dim", [] { tf::squeeze(ones({2, 1}), {0}); }},
    {"expand_dims_range", [] { tf::expand_dims(ones({2}), 3); }},
    {"transpose_perm", [] { tf::transpose(ones({2, 3}), {0, 1, 2}); }},
    {"slice_out_of_range", [] { tf::ones({3})[5]; }},
    {"constant_too_many_values", [] { tf::constant({1, 2, 3}, {.shape = Shape{2}}); }},
    {"set_shape_incompatible", [] { tf::placeholder(tf::float32, {2, 3}).set_shape({2, 4}); }},
    {"placeholder_not_fed", [] { run(tf::placeholder(tf::float32, {2}, {.name = "x"}) + 1.); }},
    {"placeholder_not_fed_partial", [] { run(tf::identity(tf::placeholder(tf::int64, {-1, 3}, {.name = "y"}))); }},
    {"session_closed", [] {
       const tf::Session sess;
       const Output c = tf::constant(1);
       sess.close();
       sess.run(c);
     }},
    {"eval_without_session", [] { tf::constant(1).eval(); }},
    {"graph_finalized", [] {
       tf::get_default_graph().finalize();
       tf::constant(1);
     }},
    {"op_name_invalid", [] { tf::constant(1, {.name = "a b"}); }},
    {"op_name_starts_badly", [] { tf::constant(1, {.name = "_a"}); }},
    {"variable_uninitialised", [] { run(Variable(1., {.name = "v"})); }},
    {"variable_exists", [] { tf::get_variable("v", {1}), tf::get_variable("v", {1}); }},
    {"variable_no_shape", [] { tf::get_variable("v"); }},
    {"variable_partial_shape", [] { tf::get_variable("v", {-1, 2}); }},
    {"assign_wrong_shape", [] { Variable({1., 2.}, {.name = "v"}).assign({1., 2., 3.}); }},
    {"assign_wrong_dtype", [] { Variable(1.).assign(tf::constant(1)); }},
    {"minimize_integer_loss", [] {
       const Variable v(1);
       tf::train::GradientDescentOptimizer(0.1).minimize(v * 2);
     }},
    {"apply_empty", [] { tf::train::GradientDescentOptimizer(0.1).apply_gradients({}); }},
    {"tensor_array_read_unwritten", [] { run(tf::TensorArray(tf::float32, 3).read(1)); }},
    {"tensor_array_index", [] { run(tf::TensorArray(tf::float32, 3).write(5, 1.).flow()); }},
    {"tensor_array_write_twice", [] { run(tf::TensorArray(tf::float32, 3).write(1, 1.).write(1, 2.).flow()); }},
    {"queue_closed_dequeue", [] {
       const tf::FIFOQueue q(2, {tf::int32}, {.shapes = {{}}, .name = "q"});
       const tf::Session sess;
       sess.run(q.close());
       sess.run(q.dequeue()[0]);
     }},
    {"queue_closed_enqueue", [] {
       const tf::FIFOQueue q(2, {tf::int32}, {.shapes = {{}}, .name = "q"});
       const tf::Session sess;
       sess.run(q.close());
       sess.run(q.enqueue({1}));
     }},
    {"queue_closed_insufficient", [] {
       const tf::FIFOQueue q(5, {tf::int32}, {.shapes = {{}}, .name = "q"});
       const tf::Session sess;
       sess.run(q.enqueue_many({{1, 2}}));
       sess.run(q.close());
       sess.run(q.dequeue_many(3)[0]);
     }},
    {"queue_shuffle_closed", [] {
       const tf::RandomShuffleQueue q(5, 1, {tf::int32}, {.shapes = {{}}, .name = "q"});
       const tf::Session sess;
       sess.run(q.close());
       sess.run(q.dequeue()[0]);
     }},
    {"queue_wrong_dtype", [] { tf::FIFOQueue(5, {tf::int32}, {.shapes = {{}}}).enqueue({1.5}); }},
    {"queue_deadline", [] {
       const tf::FIFOQueue q(5, {tf::int32}, {.shapes = {{}}, .name = "q"});
       tf::Session().run({q.dequeue()[0]}, {}, RunOptions{.timeout_in_ms = 50});
     }},
    {"partial_run_twice", [] {
       const Output a = tf::placeholder(tf::float32, {}, {.name = "a"});
       const tf::Session sess;
       const std::string handle = sess.partial_run_setup({a + 1.}, {a});
       sess.partial_run(handle, {a + 2.}, {{a, 1.}});
     }},
    {"type_not_allowed", [] { tf::sigmoid(tf::constant({1, 2})); }},
    {"random_uniform_int_no_max", [] { tf::random_uniform({2}, {.dtype = tf::int32}); }},
    {"random_uniform_int_bounds", [] {
       run(tf::random_uniform({2}, {.minval = 5, .maxval = default_of(5, {}), .dtype = tf::int32}));
     }},
    {"collection_add_n_empty", [] { tf::add_n({}); }},
};

class ErrorVectors : public ::testing::TestWithParam<std::string> {
 protected:
  Graph graph_;
  Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_P(ErrorVectors, ClassAndText) {
  const nlohmann::json& wanted = vectors().at(GetParam());
  const Raised raised = raised_by(kPrograms.at(GetParam()));
  EXPECT_EQ(raised.type, wanted["raises"]);
  const std::string text = wanted.value("runtime_message", wanted["printed"].get<std::string>());
  EXPECT_EQ(comparable(raised.text), comparable(text));
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& [name, program] : kPrograms) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Programs, ErrorVectors, ::testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace reflow::testing
